using TorchSharp;
using Zapping.Training.Data;
using Zapping.Training.Native;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Training.Evaluation;

/// <summary>
/// Evaluates a model on the query sets of several tasks, in eval mode and without gradients; nothing of it is changed. All units of
/// the classifier compete in every task. A class that has no unit yet, as before a head grows, is a miss, and its examples have no loss.
/// </summary>
/// <threadsafety>One thread at a time, and not while the model is trained on another one.</threadsafety>
public sealed class TaskEvaluator
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly IReadOnlyList<LabeledBatch> _tasks;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly int _batchSize;
    private readonly Lazy<IReadOnlyList<HashSet<long>>> _classes;

    /// <summary>Makes an evaluator.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs [n, units].</param>
    /// <param name="tasks">
    /// The query set of each task, at least one: [n, …] inputs and [n] class ids, n at least 1, on the model's device. Their tensors stay
    /// the caller's to dispose of, after the last evaluation.
    /// </param>
    /// <param name="loss">Maps (outputs, labels) to the mean loss of a batch, a scalar; default: softmax cross-entropy.</param>
    /// <param name="batchSize">Examples at a time, at least 1; default 250.</param>
    /// <exception cref="ArgumentException">There is no task, or one is no labeled batch.</exception>
    public TaskEvaluator(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<LabeledBatch> tasks,
        Func<Tensor, Tensor, Tensor>? loss = null,
        int batchSize = 250)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (_model, _tasks, _batchSize) = (model, TaskBatches.Ensure(tasks), batchSize);
        _loss = loss ?? ClassLoss.CrossEntropy;
        _classes = new(() => [.. _tasks.Select(ClassesOf)]);
    }

    /// <summary>How many tasks there are.</summary>
    public int TaskCount => _tasks.Count;

    /// <summary>The task of some classes: whose query set has just these, or else some of them, or else these among others; of several the first.</summary>
    /// <param name="classes">At least one.</param>
    /// <param name="among">The tasks that come into question.</param>
    /// <returns>Null if none has a class in common.</returns>
    internal int? TaskOf(IReadOnlyList<int> classes, IEnumerable<int> among)
    {
        var wanted = classes.Select(id => (long)id).ToHashSet();
        var candidates = among.Where(task => _classes.Value[task].Overlaps(wanted)).ToList();
        Func<int, bool>[] better = [task => _classes.Value[task].SetEquals(wanted), task => _classes.Value[task].IsSubsetOf(wanted), _ => true];
        return better.Select(fits => candidates.Where(fits).Cast<int?>().FirstOrDefault()).FirstOrDefault(task => task is not null);
    }

    /// <summary>Evaluates all tasks now.</summary>
    /// <exception cref="InvalidOperationException">The outputs are not [n, units].</exception>
    public TaskScores Evaluate()
    {
        using var noGrad = no_grad();
        using var mode = new EvalModeScope(_model);
        var scores = _tasks.Select(Evaluate).ToList();
        return new TaskScores(scores.ConvertAll(score => score.Accuracy), scores.ConvertAll(score => score.Loss));
    }

    private static HashSet<long> ClassesOf(LabeledBatch task)
    {
        using var onCpu = task.Labels.cpu();
        return [.. onCpu.data<long>()];
    }

    private (double Accuracy, double Loss) Evaluate(LabeledBatch task)
    {
        var (count, hits, known, loss) = (task.Labels.size(0), 0L, 0L, 0.0);
        for (long start = 0; start < count; start += _batchSize)
        {
            using var scope = NewDisposeScope();
            var length = Math.Min(_batchSize, count - start);
            var outputs = _model.call(task.Inputs.narrow(0, start, length));
            if (outputs.dim() != 2 || outputs.size(0) != length)
            {
                throw new InvalidOperationException($"Accuracy is of outputs [{length}, units], but these are [{string.Join(", ", outputs.shape)}].");
            }

            var labels = task.Labels.narrow(0, start, length);
            hits += outputs.argmax(1).eq(labels).sum().item<long>();
            using Scalar units = outputs.size(1);
            using var places = labels.lt(units).nonzero().squeeze(1);
            if (places.size(0) is var some and > 0)
            {
                known += some;
                loss += some * _loss(some < length ? outputs.index_select(0, places) : outputs, some < length ? labels.index_select(0, places) : labels)
                    .to(ScalarType.Float64).item<double>();
            }
        }

        return ((double)hits / count, loss / known);
    }
}
