using Zapping.Continual.Losses;
using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using Zapping.Training;
using Zapping.Training.Heads;
using Zapping.Training.Steps;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Distilling;

/// <summary>
/// What learners are made of that train on a task's examples together with exemplars, and distill the classes of before: (1 − λ) · CE over all classes seen + λ · <see cref="DistillationLosses.CrossEntropy"/> over those of before, from
/// what the model said of the same examples before the task, with λ = classes of before / classes seen. Afterwards the exemplars are chosen.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public abstract class RehearsalLearner : PhasedLearner
{
    private readonly RehearsalOptions _options;
    private readonly StoredOutputs _teacher = new();

    private protected RehearsalLearner(
        Module<Tensor, Tensor> model, optim.Optimizer optimizer, ExemplarMemory memory, RehearsalOptions options, Action<ContinualTrainer>? configure)
        : base(model, optimizer, options, configure)
    {
        ArgumentNullException.ThrowIfNull(memory);
        (_options, Memory) = (options with { }, memory);
        Keep(memory);
        Keep(_teacher);
    }

    /// <summary>The exemplars.</summary>
    public ExemplarMemory Memory { get; }

    /// <summary>[n, features] of inputs [n, …], a new tensor that belongs to no dispose scope.</summary>
    private protected Tensor FeaturesOf(Tensor inputs, CancellationToken cancel = default) => FeatureEncoder.Encode(Model, _options.Head, inputs, cancellationToken: cancel);

    /// <summary>The classifier.</summary>
    private protected Head FindHead() => _options.Head.Find(Model);

    /// <inheritdoc/>
    protected override void Ensure(IncrementalTask task) => Memory.EnsureTakes(task);

    /// <inheritdoc/>
    protected override void Prepare()
    {
        if (LearnedClasses.Count > 0)
        {
            using var scope = NewDisposeScope();
            _teacher.Store(ModelOutputs.Of(Model, Memory.With(Task.Data).Inputs).OfClasses(LearnedClasses));
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() =>
    [
        Phase.Train("train", () => Memory.With(Task.Data), _options.Epochs),
        Phase.Make("choose exemplars", Finish),
    ];

    /// <summary>Called when the exemplars of the task have been chosen.</summary>
    private protected virtual void Close(CancellationToken cancel)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Loss(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        int[] seen = [.. LearnedClasses, .. Task.Classes];
        var loss = ClassLosses.Local(context.Outputs, context.Labels, seen);
        var old = (double)LearnedClasses.Count / seen.Length;
        return _teacher.IsEmpty
            ? loss
            : loss.Times(1 - old).Plus(DistillationLosses.CrossEntropy(context.Outputs.OfClasses(LearnedClasses), _teacher.Of(context.Indices), _options.Temperature).Times(old));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Memory.Dispose();
        _teacher.Dispose();
    }

    private void Finish(CancellationToken cancel)
    {
        Memory.Update(Task, inputs => FeaturesOf(inputs, cancel));
        Close(cancel);
        _teacher.Clear();
    }
}
