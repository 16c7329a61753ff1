using Zapping.Training;
using static TorchSharp.torch;

namespace Zapping.Continual.Tasks;

/// <summary>What is done with tasks as they come, and what answers afterwards.</summary>
public interface ITaskLearner
{
    /// <summary>Answers for the classes that have been learned: maps inputs [n, …] to a score for each class id, [n, units]. It stays the learner's.</summary>
    nn.Module<Tensor, Tensor> Classifier { get; }

    /// <summary>Bytes of everything that the learner keeps between tasks, beside the model: examples, features, statistics, copies of weights, outputs.</summary>
    long MemoryBytes { get; }

    /// <summary>Learns a task, or goes on with one that was interrupted.</summary>
    /// <param name="task">The next one: tasks come in order, each once.</param>
    /// <param name="cancellationToken">Ends it between two steps; another call goes on there.</param>
    /// <exception cref="ArgumentException">It cannot be learned, and nothing has been changed.</exception>
    void Learn(IncrementalTask task, CancellationToken cancellationToken = default);
}

/// <summary>A learner whose checkpoints are those of a trainer, which remembers everything that the learner keeps.</summary>
public interface IResumableLearner : ITaskLearner
{
    /// <summary>The trainer.</summary>
    ContinualTrainer Trainer { get; }
}
