using Zapping.Training.HiddenUnits;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// Self-Normalized Resets (SNR): renews a unit once it has been silent for longer than is usual for that unit, after Farias and Jozefiak,
/// "Self-Normalized Resets for Plasticity in Continual Learning" (ICLR 2025, arXiv 2410.20098). With a_i the present silence of unit i, and A_i
/// its silences so far, unit i is renewed if <c>P(A_i &gt;= a_i) &lt;= 1 - q</c>; so each unit has a threshold of its own. A renewed unit gets fresh incoming weights, a bias of 0 and outgoing weights of 0.
/// </summary>
/// <remarks>
/// <para>
/// Run it at each step. A unit fires if any example, at any position, of the forward passes of training since the last run reaches a layer that the unit feeds with a value above
/// 0: behind activation function, normalization and pooling. That is meaningful for ReLU and its like, and not for tanh or GELU, nor behind a
/// layer normalization; leave such layers out (<see cref="SelfNormalizedResetOptions.Layers"/>). Runs before which a layer has seen no pass of training (one that records
/// gradients) do not count for it.
/// </para>
/// <para>
/// Each run: a unit that fires ends its silence of a runs, which is counted, and a becomes 0; otherwise a grows by 1, and at its threshold tau the unit is renewed, which ends and counts the silence too. Every
/// <see cref="SelfNormalizedResetOptions.UpdateEvery"/> runs: tau becomes the q-quantile of the silences of 1 run and more since the last time, if
/// that is below tau, and <see cref="SelfNormalizedResetOptions.Expansion"/> · tau otherwise, within the bounds; and the counts begin anew.
/// </para>
/// <para>
/// Where it differs from the released code (github.com/ajozefiak/SelfNormalizedResets): that counts examples, so all its silences are multiples of the
/// batch size, and here runs are counted; it sets thresholds anew after 16 tasks; a unit that was never silent gets its lowest threshold
/// (<see cref="SelfNormalizedResetOptions.EvidenceRequired"/>); it looks at values in front of the activation function, which for a ReLU
/// without a pooling or a normalization behind it is the same. The paper counts every time between two firings; the code, and this policy, take quantiles of silences of at least 1.
/// </para>
/// <para>Made after the model was moved to its device, and disposed of when training ends, which takes its hooks off the model. On a GPU the host waits for it once in each run.</para>
/// </remarks>
/// <threadsafety>For one model and one scheduler.</threadsafety>
public sealed class SelfNormalizedResetPolicy : IStatefulResetPolicy, IDescribed, IDisposable
{
    private readonly UnitActivity _activity;
    private readonly IReadOnlyList<SilenceRecord> _records;
    private readonly Initializer _weights;
    private readonly OptimizerStateReset _optimizerState;

    /// <summary>Makes a policy with the given options, and begins to look at the model's forward passes.</summary>
    /// <param name="graph">Of the model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid, or no layer is left whose units can be replaced; the message says why.</exception>
    public SelfNormalizedResetPolicy(UnitGraph graph, SelfNormalizedResetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        options = OptionsValidator.Validate(options ?? new SelfNormalizedResetOptions());
        var layers = graph.Select(options.Layers);
        UnitLayers = [.. layers.Select(layer => layer.Layer.Name)];
        _weights = options.Weights;
        _optimizerState = options.OptimizerState;
        _activity = new UnitActivity(layers, 1, ColumnStatistic.Firing);
        _records = [.. layers.Select(layer => new SilenceRecord(layer, options))];
        Description = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["quantile"] = options.Quantile,
            ["initial_silence"] = options.InitialSilence,
            ["minimum_silence"] = options.MinimumSilence,
            ["maximum_silence"] = options.MaximumSilence,
            ["update_every"] = options.UpdateEvery,
            ["expansion"] = options.Expansion,
            ["evidence_required"] = options.EvidenceRequired,
            ["layers"] = UnitLayers,
            ["weights"] = _weights.ToString(),
            ["optimizer_state"] = _optimizerState,
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
        List<SilenceRecord> records = [.. _records.Where(record => _activity.Knows(record.Units))];
        if (records.Count == 0)
        {
            return;
        }

        var fired = Fired(records).AsSpan();
        var due = new List<KeyValuePair<HiddenLayer, int[]>>();
        foreach (var record in records)
        {
            due.Add(new(record.Units, record.Observe(fired[..record.UnitCount])));
            fired = fired[record.UnitCount..];
        }

        new UnitReplacement(context, _weights, _optimizerState).Replace(due);
        context.OnWritten(() =>
        {
            records.ForEach(record => record.Advance());
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

    // All layers in one copy, for which a GPU is waited for once.
    private bool[] Fired(List<SilenceRecord> records)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sums = records.ConvertAll(record => _activity.SumPerUnit(record.Units, consumer => _activity.MeanOf(ColumnStatistic.Firing, consumer)));
        return [.. cat([.. sums.Select(sum => sum.to(sums[0].device).to(ScalarType.Bool))]).cpu().data<bool>()];
    }
}
