using TorchSharp;
using Zapping.Training.Data;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// DASH: shrinks what does not point along the negative gradient of the data, after Shin et al., "DASH: Warm-Starting Neural Network Training in Stationary Settings without Loss of Plasticity" (NeurIPS 2024,
/// arXiv 2410.23495). The average <c>G = (1 - alpha) · G - alpha · gradient</c> goes over the batches in order; the weights w of a unit then become <c>w · clamp(cos(G, w), lambda, 1)</c>. Run it when new data have come,
/// the first time aside: <c>new(TaskBoundary) { SkipFirst = true }</c>.
/// </summary>
/// <remarks>
/// <para>
/// In a linear layer a unit is a row; in a convolution it is the kernel of one output and one input, as published, so that a kernel of one position is kept or shrunk by its sign alone. A row of zeros stays. Nothing is random.
/// </para>
/// <para>
/// It is the only policy that runs the model: as many forward and backward passes as there are batches, in the mode in which the model is. What they would change is put back (<see cref="DataGradient"/>).
/// </para>
/// </remarks>
/// <threadsafety>For one model.</threadsafety>
public sealed class DashPolicy : IResetPolicy, IDescribed
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly Func<IEnumerable<LabeledBatch>> _data;
    private readonly DashOptions _options;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; that of training.</param>
    /// <param name="data">Gives all data seen so far, on the model's device, the latest last; called at each reset.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public DashPolicy(nn.Module<Tensor, Tensor> model, Func<Tensor, Tensor, Tensor> loss, Func<IEnumerable<LabeledBatch>> data, DashOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(data);
        (_model, _loss, _data) = (model, loss, data);
        _options = OptionsValidator.Validate(options ?? new DashOptions()) with { };
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["smoothing"] = _options.Smoothing,
        ["floor"] = _options.Floor,
        ["biases"] = _options.Biases,
        ["parameters"] = _options.Parameters.ToString(),
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The context is that of another model.</exception>
    /// <exception cref="InvalidOperationException">There are no data, or no weight of a linear layer or a convolution is chosen.</exception>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!ReferenceEquals(context.Model, _model))
        {
            throw new ArgumentException("The policy was made for another model.", nameof(context));
        }

        var chosen = LayerParameter.Of(_model, _options.Parameters).Where(own => own.IsMatrix || (_options.Biases && LayerDefaults.FanInOf(own.Module) is not null)).ToList();
        if (chosen.Count == 0)
        {
            throw new InvalidOperationException($"No weight of a linear layer or a convolution is chosen. Choose others with {nameof(DashOptions)}.{nameof(DashOptions.Parameters)}.");
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var directions = Directions(chosen);
        foreach (var (own, direction) in chosen.Zip(directions))
        {
            var weights = own.Parameter.detach().Precise();
            var shrunken = weights * Factors(direction, weights, own);
            context.Reset(own.Parameter, ParameterSlice.All, Initializer.Values(shrunken.MoveToOuterDisposeScope()), _options.OptimizerState);
        }
    }

    private List<Tensor> Directions(List<LayerParameter> chosen)
    {
        var directions = chosen.ConvertAll(own => zeros_like(own.Parameter.detach().Precise()));
        var batches = DataGradient.ForEach(_model, _loss, _data(), chosen.ConvertAll(own => own.Parameter), gradients =>
        {
            using Scalar kept = 1 - _options.Smoothing;
            using Scalar added = -_options.Smoothing;
            foreach (var (direction, gradient) in directions.Zip(gradients))
            {
                direction.mul_(kept);
                if (gradient is not null)
                {
                    direction.add_(gradient.Precise(), alpha: added);
                }
            }
        });

        return batches > 0 ? directions : throw new InvalidOperationException("DASH was given no data: let its data give at least one batch.");
    }

    // Over the last dimension of a linear weight, over the positions of a kernel, and over all of a bias.
    private Tensor Factors(Tensor direction, Tensor weights, LayerParameter own)
    {
        long[] dimensions = own.IsMatrix ? [.. Enumerable.Range(Math.Min(2, (int)weights.dim() - 1), Math.Max(1, (int)weights.dim() - 2)).Select(d => (long)d)] : [0];
        using Scalar tiny = 1e-8;
        using Scalar floor = _options.Floor;
        using Scalar one = 1;
        var product = (direction * weights).sum(dimensions, keepdim: true);
        var lengths = (direction * direction).sum(dimensions, keepdim: true).sqrt() * (weights * weights).sum(dimensions, keepdim: true).sqrt();
        return (product / lengths.clamp_min(tiny)).clamp(floor, one);
    }
}
