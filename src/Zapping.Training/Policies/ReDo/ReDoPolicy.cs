using Zapping.Training.HiddenUnits;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// ReDo: recycles dormant units, after Sokar et al., "The Dormant Neuron Phenomenon in Deep Reinforcement Learning" (ICML 2023).
/// The score of unit i of a layer is its mean absolute activation, divided by the mean of that over the layer:
/// <c>s_i = E|h_i| / (1/H · sum_k E|h_k|)</c>. Units with <c>s_i &lt;= tau</c> get fresh incoming weights, a bias of 0 and outgoing
/// weights of 0.
/// </summary>
/// <remarks>
/// <para>
/// Activations are gathered in the forward passes of training (those that record gradients) since the last reset, as the layers
/// see them that the units feed: behind activation function, normalization and pooling, over examples and positions. A
/// layer that has seen nothing since is left alone. A normalization on the way gets scale 1, shift 0, running mean 0 and running
/// variance 1 for a recycled unit.
/// </para>
/// <para>
/// All outgoing weights become 0 after all fresh ones are drawn, so that of two units that are recycled at once neither feeds the other, as
/// in the authors' code (dopamine). Behind a flatten the columns of a unit's own positions become 0; that code repeats its mask in an order
/// that its framework's flatten does not have, and so writes other columns there.
/// </para>
/// <para>Made after the model was moved to its device, and disposed of when training ends, which takes its hooks off the model.</para>
/// </remarks>
/// <threadsafety>For one model and one scheduler.</threadsafety>
public sealed class ReDoPolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly IReadOnlyList<HiddenLayer> _layers;
    private readonly UnitActivity _activity;
    private readonly double _threshold;
    private readonly Initializer _weights;
    private readonly OptimizerStateReset _optimizerState;

    /// <summary>Makes a policy with the given options, and begins to look at the model's forward passes.</summary>
    /// <param name="graph">Of the model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid, or no layer is left that can be recycled; the message says why.</exception>
    public ReDoPolicy(UnitGraph graph, ReDoOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options = OptionsValidator.Validate(options ?? new ReDoOptions());
        _layers = graph.Select(options.Layers);
        UnitLayers = [.. _layers.Select(layer => layer.Layer.Name)];
        _threshold = options.Threshold;
        _weights = options.Weights;
        _optimizerState = options.OptimizerState;
        _activity = new UnitActivity(_layers, options.SampleEvery, ColumnStatistic.Magnitude);
        Description = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["threshold"] = _threshold,
            ["layers"] = UnitLayers,
            ["weights"] = _weights.ToString(),
            ["optimizer_state"] = _optimizerState,
            ["sample_every"] = options.SampleEvery,
        };
        State = [.. _activity.State];
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> UnitLayers { get; }

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var dormant = _layers.Where(_activity.Knows).Select(layer => KeyValuePair.Create(layer, DormantUnits(layer)));
        new UnitReplacement(context, _weights, _optimizerState).Replace([.. dormant]);
        context.OnWritten(_activity.Forget);
    }

    /// <summary>Ends the looking. What was gathered is lost; the model is not touched.</summary>
    public void Dispose() => _activity.Dispose();

    private int[] DormantUnits(HiddenLayer layer)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sums = _activity.SumPerUnit(layer, consumer => _activity.MeanOf(ColumnStatistic.Magnitude, consumer));
        var activations = sums.to(ScalarType.Float64).cpu().data<double>().ToArray()
            .Select((sum, unit) => sum / layer.Consumers.Sum(consumer => consumer.Columns[unit].Length)).ToList();
        var limit = _threshold * activations.Average(); // a product, so that a layer that is wholly silent is wholly dormant
        return [.. Enumerable.Range(0, activations.Count).Where(unit => activations[unit] <= limit)];
    }
}
