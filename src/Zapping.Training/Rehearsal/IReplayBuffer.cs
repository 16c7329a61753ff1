using Zapping.Training.Data;
using Zapping.Training.Steps;

namespace Zapping.Training.Rehearsal;

/// <summary>Examples of before, some of which are trained on again. Checkpoints hold it, so that a resumed run replays what the uninterrupted one would.</summary>
public interface IReplayBuffer : ITrainingMemory
{
    /// <summary>How many examples it has.</summary>
    int Count { get; }

    /// <summary>Refuses what <see cref="Add"/> could not take; called before the step of a batch. Default: takes everything.</summary>
    /// <param name="batch">Inputs [n, …] and labels [n, …].</param>
    /// <exception cref="ArgumentException">It cannot be added.</exception>
    void EnsureTakes(LabeledBatch batch)
    {
    }

    /// <summary>Offers examples that have been trained on; which are kept is the buffer's to choose.</summary>
    /// <param name="batch">Inputs [n, …] and labels [n, …], which are copied.</param>
    void Add(LabeledBatch batch);

    /// <summary>Some examples, without repetition.</summary>
    /// <param name="count">How many, at least 0; all if there are no more.</param>
    /// <param name="draw">Which draw it is, such as the number of the step: the same one gives the same examples while the buffer holds the same.</param>
    /// <returns>In the current dispose scope, on the device of what was added.</returns>
    /// <exception cref="InvalidOperationException">The buffer is empty.</exception>
    LabeledBatch Sample(int count, long draw);
}
