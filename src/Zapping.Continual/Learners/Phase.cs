using Zapping.Training.Data;

namespace Zapping.Continual.Learners;

/// <summary>A part of learning a task: epochs of the learner's trainer, which an interrupted run goes on within, or a computation, which it makes again from its beginning.</summary>
public sealed record Phase
{
    private Phase(string name, Func<LabeledBatch>? examples, int epochs, Action<CancellationToken>? compute) => (Name, Examples, Epochs, Compute) = (name, examples, epochs, compute);

    /// <summary>What it is, for messages.</summary>
    public string Name { get; }

    internal Func<LabeledBatch>? Examples { get; }

    internal int Epochs { get; }

    internal Action<CancellationToken>? Compute { get; }

    /// <summary>Epochs of the trainer.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="examples">Gives new tensors, which the phase disposes of: the same ones whenever it is asked for the same task.</param>
    /// <param name="epochs">How many, at least 0.</param>
    public static Phase Train(string name, Func<LabeledBatch> examples, int epochs)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        return new(name, examples, epochs, null);
    }

    /// <summary>A computation that changes the learner only when it has succeeded, such as a selection of exemplars.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="compute">A function of the model, the task, what is kept, and seeds.</param>
    public static Phase Make(string name, Action<CancellationToken> compute)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(compute);
        return new(name, null, 0, compute);
    }
}
