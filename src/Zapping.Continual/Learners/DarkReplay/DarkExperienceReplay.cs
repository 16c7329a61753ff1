using Zapping.Continual.Losses;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Rehearsal;
using Zapping.Training.Steps;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.DarkReplay;

/// <summary>
/// Dark experience replay, DER++ (Buzzega et al., 2020): CE(batch) + α · the mean squared distance of the logits to those of then + β · CE, the latter two each on examples of a draw of its own from a reservoir, which takes the examples of each
/// step with the logits that the model gave before its update. It looks at no boundary between tasks.
/// </summary>
/// <remarks>
/// Logits of then have as many units as those of now, so the classifier does not grow: it has a unit for each class from the beginning, as in the released code, and <see cref="LearnerOptions.GrowHead"/> counts as off. With several epochs the reservoir
/// sees an example several times, as there.
/// </remarks>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class DarkExperienceReplay : PhasedLearner, IUpdateRule
{
    private readonly DarkExperienceReplayOptions _options;
    private readonly ReservoirBuffer _buffer;
    private readonly List<LabeledBatch> _pending = [];
    private long _expected;

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units], with a unit for each class that will come; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public DarkExperienceReplay(Module<Tensor, Tensor> model, optim.Optimizer optimizer, DarkExperienceReplayOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options = (options ?? new DarkExperienceReplayOptions()) with { GrowHead = false }, configure)
    {
        _options = options;
        _buffer = new ReservoirBuffer(options.Capacity, options.Seed) { Name = "dark" };
        Keep(_buffer);
        Trainer.UseBatchTransform(Expect).UseUpdateRule(this);
    }

    /// <summary>How many examples the buffer has.</summary>
    public int Count => _buffer.Count;

    void IUpdateRule.OnGradients(UpdateContext update)
    {
    }

    void IUpdateRule.OnUpdated(UpdateContext update)
    {
        _pending.ForEach(_buffer.Add);
        Discard();
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() => [TrainOnTask()];

    /// <inheritdoc/>
    protected override Tensor Loss(StepContext context)
    {
        var loss = base.Loss(context);
        Remember(context);
        if (_buffer.Count == 0)
        {
            return loss;
        }

        var (thenOutputs, _, dark) = Draw(2 * context.Step);
        var (_, thenLabels, labeled) = Draw((2 * context.Step) + 1);
        return loss.Plus((dark - thenOutputs).Squared().mean().Times(_options.LogitWeight)).Plus(functional.cross_entropy(labeled, thenLabels).Times(_options.LabelWeight));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Discard();
        _buffer.Dispose();
    }

    // Once for each try of a step; what another pass of it gives, as for a rule, is not remembered again.
    private LabeledBatch Expect(LabeledBatch batch)
    {
        Discard();
        _expected = batch.Count;
        return batch;
    }

    private void Remember(StepContext step)
    {
        if (_expected <= 0)
        {
            return;
        }

        _expected -= step.Inputs.size(0);
        using var noGrad = no_grad();
        var labels = cat([step.Outputs.detach(), step.Labels.to(step.Outputs.dtype).unsqueeze(1)], 1);
        _pending.Add(new LabeledBatch(step.Inputs.detach().alias().DetachFromDisposeScope(), labels.DetachFromDisposeScope()));
    }

    private (Tensor Outputs, Tensor Labels, Tensor Now) Draw(long draw)
    {
        var (inputs, kept) = _buffer.Sample(_options.ReplayedExamples ?? _options.BatchSize, draw);
        var units = kept.size(1) - 1;
        return (kept.narrow(1, 0, units), kept.select(1, units).to(ScalarType.Int64), Model.call(inputs));
    }

    private void Discard()
    {
        foreach (var batch in _pending)
        {
            batch.Inputs.Dispose();
            batch.Labels.Dispose();
        }

        _pending.Clear();
    }
}
