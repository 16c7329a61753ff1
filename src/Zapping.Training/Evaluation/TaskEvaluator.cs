using Zapping.Training.Data;
using Zapping.Training.Native;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Evaluation;

/// <summary>
/// Evaluates a model on the query sets of several tasks, in eval mode and without gradients; nothing of it is changed. All units of
/// the classifier compete in every task. A class that has no unit yet, as before a head grows, is a miss, and its examples have no loss.
/// </summary>
/// <threadsafety>One thread at a time, and not while the model is trained on another one.</threadsafety>
public sealed class TaskEvaluator
{
    private readonly nn.Module _model;
    private readonly Func<int, Tensor, Tensor> _forward;
    private readonly IReadOnlyList<LabeledBatch> _tasks;
    private readonly EvaluationOptions _options;
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
        : this(model, (_, inputs) => model.call(inputs), tasks, loss, batchSize)
    {
    }

    /// <summary>Makes an evaluator of a model with a head for each task, or of one that is called otherwise.</summary>
    /// <param name="model">Is put into eval mode; its buffers are given back.</param>
    /// <param name="forward">
    /// Maps the number of a task and inputs [n, …] to outputs [n, units], such as <c>(task, inputs) => heads[task].call(body.call(inputs))</c>. Class ids count the units of the
    /// task's own head.
    /// </param>
    /// <param name="tasks">As for the other constructor.</param>
    /// <param name="loss">Maps (outputs, labels) to the mean loss of a batch, a scalar; default: softmax cross-entropy.</param>
    /// <param name="batchSize">Examples at a time, at least 1; default 250.</param>
    /// <exception cref="ArgumentException">There is no task, or one is no labeled batch.</exception>
    public TaskEvaluator(
        nn.Module model,
        Func<int, Tensor, Tensor> forward,
        IReadOnlyList<LabeledBatch> tasks,
        Func<Tensor, Tensor, Tensor>? loss = null,
        int batchSize = 250)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (_model, _forward, _tasks) = (model, forward, TaskBatches.Ensure(tasks));
        _options = new EvaluationOptions { Loss = loss ?? ClassLoss.CrossEntropy, BatchSize = batchSize };
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
        using var buffers = new BufferScope(_model);
        using var mode = new EvalModeScope(_model);
        var results = _tasks.Select((task, i) => ModelEvaluation.Measure(
            inputs => _forward(i, inputs), () => ModelEvaluation.Parts(task, _options.BatchSize), _options, areClasses: true)).ToList();
        return new TaskScores(results.ConvertAll(result => result.Accuracy!.Value), results.ConvertAll(result => result.Loss));
    }

    private static HashSet<long> ClassesOf(LabeledBatch task)
    {
        using var onCpu = task.Labels.cpu();
        return [.. onCpu.data<long>()];
    }
}
