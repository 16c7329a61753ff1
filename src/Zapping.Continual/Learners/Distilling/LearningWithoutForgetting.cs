using Zapping.Continual.Losses;
using Zapping.Continual.Memory;
using Zapping.Training;
using Zapping.Training.Steps;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Distilling;

/// <summary>
/// Learning without forgetting (Li and Hoiem, 2016), with one head: cross-entropy over the classes of the task, and <see cref="DistillationLosses.Divergence"/> from what the model said of the same examples before the task, over the classes of
/// before. It keeps no examples, and between tasks nothing at all.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class LearningWithoutForgetting : PhasedLearner
{
    private readonly LearningWithoutForgettingOptions _options;
    private readonly StoredOutputs _teacher = new();

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public LearningWithoutForgetting(
        Module<Tensor, Tensor> model, optim.Optimizer optimizer, LearningWithoutForgettingOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options ??= new LearningWithoutForgettingOptions(), configure)
    {
        _options = options with { };
        Keep(_teacher);
    }

    /// <inheritdoc/>
    protected override void Prepare()
    {
        if (LearnedClasses.Count > 0)
        {
            using var scope = NewDisposeScope();
            _teacher.Store(ModelOutputs.Of(Model, Task.Data.Inputs).OfClasses(LearnedClasses));
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() => [TrainOnTask(), Phase.Make("forget the teacher", _ => _teacher.Clear())];

    /// <inheritdoc/>
    protected override Tensor Loss(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var loss = ClassLosses.Local(context.Outputs, context.Labels, Task.Classes);
        return _teacher.IsEmpty
            ? loss
            : loss.Plus(DistillationLosses.Divergence(context.Outputs.OfClasses(LearnedClasses), _teacher.Of(context.Indices), _options.Temperature).Times(_options.Weight));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _teacher.Dispose();
    }
}
