using Zapping.Training.HiddenUnits;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Continual backpropagation: replaces, all the time, a few of the units that are of least use, after Dohare et al., "Loss of
/// plasticity in deep continual learning" (Nature 632, 2024). The utility of a unit is a running average of its contribution,
/// <c>u = eta · u + (1 - eta) · E|h| · sum_k |w_k|</c> with outgoing weights w, divided by <c>1 - eta^age</c>. At each run a layer's
/// account grows by <c>rho</c> for each unit older than <c>m</c>, and for each whole unit in it the least useful of these gets fresh
/// incoming weights, a bias of 0, outgoing weights of 0, utility 0 and age 0. The bias of the next layer takes over what the unit
/// added on average, <c>sum w · E h</c>, so that its loss is felt least (<see cref="ContinualBackpropOptions.BiasTakesOver"/>).
/// </summary>
/// <remarks>
/// <para>
/// Run it at each step: ages and rates count its runs, the ones before which no forward pass of training (one that records
/// gradients) was seen left out. Activations are those of the passes since the last run, as the layers see them that the units feed:
/// behind activation function, normalization and pooling, over examples and positions; those that Meta-ASB makes again on its way
/// back count again. A normalization on the way gets scale 1, shift 0, running mean 0 and running variance 1 for a new unit. A layer without a bias takes nothing over; a convolution
/// takes over what is right inside its image, not at padded borders.
/// </para>
/// <para>
/// Where the authors' released code goes other ways: it hands no mean contribution over, and a later layer's fresh weights overwrite zeros of
/// the layer before (an option each); its convolutions (<c>ConvGnT</c>) add <c>rho</c> for every unit of a layer as soon as one is mature,
/// which is not the published algorithm; and of units with the same utility it takes whichever its sort comes to first, here it is the one
/// of the lowest index.
/// </para>
/// <para>Made after the model was moved to its device, and disposed of when training ends, which takes its hooks off the model.</para>
/// </remarks>
/// <threadsafety>For one model and one scheduler.</threadsafety>
public sealed class ContinualBackpropPolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly UnitActivity _activity;
    private readonly IReadOnlyList<UnitRecord> _records;
    private readonly double _rate;
    private readonly long _maturity;
    private readonly Initializer _weights;
    private readonly OptimizerStateReset _optimizerState;
    private readonly bool _biasTakesOver;
    private readonly bool _newUnitsFeedNewUnits;

    /// <summary>Makes a policy with the given options, and begins to look at the model's forward passes.</summary>
    /// <param name="graph">Of the model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid, or no layer is left whose units can be replaced; the message says why.</exception>
    public ContinualBackpropPolicy(UnitGraph graph, ContinualBackpropOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options = OptionsValidator.Validate(options ?? new ContinualBackpropOptions());
        var layers = graph.Select(options.Layers);
        UnitLayers = [.. layers.Select(layer => layer.Layer.Name)];
        _rate = options.ReplacementRate;
        _maturity = options.MaturityThreshold;
        _weights = options.Weights;
        _optimizerState = options.OptimizerState;
        _biasTakesOver = options.BiasTakesOver;
        _newUnitsFeedNewUnits = options.NewUnitsFeedNewUnits;
        _activity = new UnitActivity(layers, options.SampleEvery, ColumnStatistic.Magnitude, ColumnStatistic.Value);
        _records = [.. layers.Select(layer => new UnitRecord(layer, _activity, options.Decay))];
        Description = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["replacement_rate"] = _rate,
            ["maturity_threshold"] = _maturity,
            ["decay"] = options.Decay,
            ["layers"] = UnitLayers,
            ["weights"] = _weights.ToString(),
            ["optimizer_state"] = _optimizerState,
            ["bias_takes_over"] = _biasTakesOver,
            ["new_units_feed_new_units"] = _newUnitsFeedNewUnits,
            ["sample_every"] = options.SampleEvery,
        };
        State = [.. _activity.State, .. _records.SelectMany(record => record.State)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> StateOfPasses => _activity.State;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> UnitLayers { get; }

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var noGrad = no_grad();
        var choices = new List<UnitChoice>();
        foreach (var record in _records.Where(record => _activity.Knows(record.Units)))
        {
            record.Observe();
            choices.Add(new UnitChoice(record, record.Choose(_rate, _maturity)));
        }

        Replace(context, choices.FindAll(choice => choice.Units.Length > 0));
        context.OnWritten(() =>
        {
            choices.ForEach(choice => choice.Record.Advance(choice.Units));
            _activity.Forget();
        });
    }

    /// <summary>Ends the looking. What is remembered is lost; the model is not touched.</summary>
    public void Dispose()
    {
        _activity.Dispose();
        foreach (var record in _records)
        {
            record.Dispose();
        }
    }

    private void Replace(ResetContext context, List<UnitChoice> choices)
    {
        var replacement = new UnitReplacement(context, _weights, _optimizerState);
        if (_newUnitsFeedNewUnits)
        {
            choices.ForEach(choice => replacement.Silence(choice.Record.Units, choice.Units)); // before the fresh weights, which then stay
        }

        choices.ForEach(choice => replacement.Renew(choice.Record.Units, choice.Units));
        if (_biasTakesOver)
        {
            HandOver(context, choices);
        }

        if (!_newUnitsFeedNewUnits)
        {
            choices.ForEach(choice => replacement.Silence(choice.Record.Units, choice.Units));
        }
    }

    // One rewrite for each bias: a second one would not see what the first adds.
    private static void HandOver(ResetContext context, List<UnitChoice> choices)
    {
        var contributions = choices
            .SelectMany(choice => choice.Record.Units.Consumers, (choice, consumer) => (consumer.Layer, Mean: choice.Record.MeanContribution(consumer, choice.Units)))
            .GroupBy(contribution => contribution.Layer, contribution => contribution.Mean);
        foreach (var consumer in contributions.Where(consumer => consumer.Key.Bias is not null))
        {
            var fresh = choices.Find(choice => choice.Record.Units.Layer == consumer.Key)?.Units ?? [];
            int[] rows = [.. Enumerable.Range(0, consumer.Key.UnitCount).Except(fresh)]; // a new unit begins without a bias
            if (rows.Length > 0)
            {
                var shift = Initializer.Shift([.. rows.Select(row => consumer.Sum(mean => mean[row]))]);
                context.Reset(consumer.Key.Bias!, ParameterSlice.Rows(rows), shift);
            }
        }
    }

    private sealed record UnitChoice(UnitRecord Record, int[] Units);
}
