using TorchSharp.Modules;
using Zapping.Continual.Losses;
using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Initializers;
using Zapping.Training.Steps;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Regularizing;

/// <summary>
/// Elastic weight consolidation (Kirkpatrick et al., 2017), in its online form (Schwarz et al., "Progress &amp; Compress", 2018): CE + λ/2 · Σ F_i (θ_i − θ*_i)², with θ* the weights after the last task and F ← γF + the mean over examples of the
/// squared gradient of log p(label), the diagonal of the empirical Fisher matrix, one example at a time. It keeps two copies of the weights, whatever the number of tasks.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class ElasticWeightConsolidation : PhasedLearner
{
    private readonly ElasticWeightConsolidationOptions _options;
    private readonly QuadraticPenalty _penalty = new();

    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public ElasticWeightConsolidation(
        Module<Tensor, Tensor> model, optim.Optimizer optimizer, ElasticWeightConsolidationOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, options ??= new ElasticWeightConsolidationOptions(), configure)
    {
        _options = options with { };
        Keep(_penalty);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Phase> Phases() => [TrainOnTask(), Phase.Make("consolidate", Consolidate)];

    /// <inheritdoc/>
    protected override Tensor Loss(StepContext context) => _penalty.IsEmpty ? base.Loss(context) : base.Loss(context).Plus(_penalty.Value(Model).Times(_options.Strength / 2));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _penalty.Dispose();
    }

    private void Consolidate(CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        List<(string Name, Parameter Parameter)> parameters = [.. Model.named_parameters().Where(own => own.parameter.requires_grad)];
        var sums = parameters.ToDictionary(own => own.Name, own => zeros_like(own.Parameter).detach(), StringComparer.Ordinal);
        var count = DataGradient.ForEach(Model, CrossEntropy, Examples(cancel), parameters.ConvertAll(own => own.Parameter), gradients =>
        {
            using TorchSharp.Scalar one = 1;
            for (var i = 0; i < gradients.Count; i++)
            {
                if (gradients[i] is { } gradient)
                {
                    sums[parameters[i].Name].add_(gradient * gradient, one);
                }
            }
        });
        _penalty.Consolidate(Model, sums.ToDictionary(own => own.Key, own => own.Value.Over(count), StringComparer.Ordinal), _options.Decay);
    }

    private IEnumerable<LabeledBatch> Examples(CancellationToken cancel)
    {
        var count = checked((int)Task.Data.Count);
        foreach (var row in new ResetNoise(_options.Seed, Task.Index, "fisher").Choose(Math.Min(_options.FisherExamples, count), count))
        {
            cancel.ThrowIfCancellationRequested();
            yield return LabeledExamples.Rows(Task.Data, [row]);
        }
    }

    private static Tensor CrossEntropy(Tensor outputs, Tensor labels) => functional.cross_entropy(outputs, labels);
}
