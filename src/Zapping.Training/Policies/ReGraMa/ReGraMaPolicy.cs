using TorchSharp;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// ReGraMa: renews units that learn no more, by their gradients and not by their activations, after Liu et al., "Measure gradients, not activations! Enhancing neuronal
/// activity in deep reinforcement learning" (NeurIPS 2025, arXiv 2505.24061). The score of unit i of a layer is the mean magnitude of the loss's gradient with respect to
/// its incoming weights, divided by the mean of that over the layer: <c>g_i = mean |dL/dW_i|, G_i = g_i / (1/H · sum_k g_k)</c>. Units with <c>G_i &lt;= tau</c> get fresh
/// incoming weights, a bias of 0 and outgoing weights of 0, as in ReDo.
/// </summary>
/// <remarks>
/// <para>
/// It looks at the gradients that the last step has left, so it belongs at a step boundary; a loop of one's own clears gradients after the boundary and not before it. Without gradients - before
/// the first step, for frozen layers - a layer is left alone, and so it is if all of them are 0 or one is not finite. Checkpoints hold them
/// (<see cref="ReadsGradients"/>). Clipping does not matter to the score. A penalty on weights in the loss gives inactive units a gradient and hides them;
/// weight decay inside an optimizer does not.
/// </para>
/// <para>
/// The paper defines the score by gradients of activations, E|dL/dh_i|. For a dead unit behind a ReLU these are not 0, while those of its incoming weights are; and the code that is known to follow the paper
/// takes those of weights. The gradient is that of the whole batch, whose examples may cancel: take large batches, or an average over
/// steps (<see cref="ReGraMaOptions.Decay"/>). The authors' code treats scale and shift of a layer normalization as units too, which this policy does not.
/// </para>
/// <para>Made after the model was moved to its device.</para>
/// </remarks>
/// <threadsafety>For one model and one scheduler.</threadsafety>
public sealed class ReGraMaPolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly IReadOnlyList<GradientRecord> _records;
    private readonly Tensor _runs;
    private readonly double _threshold;
    private readonly double _atMostShare;
    private readonly int _renewEvery;
    private readonly Initializer _weights;
    private readonly OptimizerStateReset _optimizerState;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="graph">Of the model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid, or no layer is left whose units can be replaced; the message says why.</exception>
    public ReGraMaPolicy(UnitGraph graph, ReGraMaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options = OptionsValidator.Validate(options ?? new ReGraMaOptions());
        var layers = graph.Select(options.Layers);
        UnitLayers = [.. layers.Select(layer => layer.Layer.Name)];
        _threshold = options.Threshold;
        _atMostShare = options.AtMostShare;
        _renewEvery = options.RenewEvery;
        _weights = options.Weights;
        _optimizerState = options.OptimizerState;
        _runs = zeros(1, ScalarType.Int64).DetachFromDisposeScope();
        _records = [.. layers.Select(layer => new GradientRecord(layer, options.Decay, options.MinimumAge))];
        Description = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["threshold"] = _threshold,
            ["renew_every"] = _renewEvery,
            ["decay"] = options.Decay,
            ["minimum_age"] = options.MinimumAge,
            ["at_most_share"] = _atMostShare,
            ["layers"] = UnitLayers,
            ["weights"] = _weights.ToString(),
            ["optimizer_state"] = _optimizerState,
        };
        State = [new("runs", _runs), .. _records.SelectMany(record => record.State)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> StateOfPasses => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> UnitLayers { get; }

    /// <inheritdoc/>
    public bool ReadsGradients => true;

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var noGrad = no_grad();
        List<GradientRecord> seen = [.. _records.Where(record => record.Observe())];
        if (seen.Count == 0)
        {
            return;
        }

        var runs = _runs.item<long>() + 1;
        var renews = runs % _renewEvery == 0;
        var inactive = seen.ConvertAll(record => KeyValuePair.Create(record.Units, renews ? record.Choose(_threshold, _atMostShare) : []));
        new UnitReplacement(context, _weights, _optimizerState).Replace(inactive);
        context.OnWritten(() =>
        {
            using Scalar made = runs;
            _runs.fill_(made);
            for (var layer = 0; layer < seen.Count; layer++)
            {
                seen[layer].Advance(inactive[layer].Value);
            }
        });
    }

    /// <summary>Frees what is remembered.</summary>
    public void Dispose()
    {
        _runs.Dispose();
        foreach (var record in _records)
        {
            record.Dispose();
        }
    }
}
