using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// How long each unit of a layer has been silent, how long its earlier silences were, and which silence is too long for it. All on the CPU. What is to be remembered next is worked
/// out beside it and takes its place once the reset is written.
/// </summary>
internal sealed class SilenceRecord : IDisposable
{
    private readonly double _quantile;
    private readonly int _lowest;
    private readonly int _highest;
    private readonly int _updateEvery;
    private readonly int _expansion;
    private readonly int _evidenceRequired;
    private readonly Tensor _ages;
    private readonly Tensor _thresholds;
    private readonly Tensor _silences;
    private readonly Tensor _runs;
    private readonly List<long> _ended = [];
    private long[] _nextAges = [];

    public SilenceRecord(HiddenLayer units, SelfNormalizedResetOptions options)
    {
        Units = units;
        (_quantile, _lowest, _highest) = (options.Quantile, options.MinimumSilence, options.MaximumSilence);
        (_updateEvery, _expansion, _evidenceRequired) = (options.UpdateEvery, options.Expansion, options.EvidenceRequired);
        UnitCount = units.Layer.UnitCount;
        _ages = zeros(UnitCount, ScalarType.Int64).DetachFromDisposeScope();
        _thresholds = tensor(Enumerable.Repeat((long)options.InitialSilence, UnitCount).ToArray()).DetachFromDisposeScope();
        _silences = zeros([UnitCount, Width], ScalarType.Int32).DetachFromDisposeScope();
        _runs = zeros(1, ScalarType.Int64).DetachFromDisposeScope();
    }

    public HiddenLayer Units { get; }

    public int UnitCount { get; }

    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        new($"{Units.Layer.Name}.ages", _ages),
        new($"{Units.Layer.Name}.thresholds", _thresholds),
        new($"{Units.Layer.Name}.silences", _silences),
        new($"{Units.Layer.Name}.runs", _runs),
    ];

    // Silences of 0 runs too: of units that fire twice in a row.
    private int Width => _highest + 1;

    /// <summary>One more run.</summary>
    /// <param name="fired">Whether each unit has fired since the last one.</param>
    /// <returns>The units that have been silent for too long.</returns>
    public int[] Observe(ReadOnlySpan<bool> fired)
    {
        _nextAges = [.. _ages.data<long>()];
        var thresholds = _thresholds.data<long>().ToArray();
        _ended.Clear();
        var due = new List<int>();
        for (var unit = 0; unit < UnitCount; unit++)
        {
            if (!fired[unit] && ++_nextAges[unit] < thresholds[unit])
            {
                continue;
            }

            if (!fired[unit])
            {
                due.Add(unit);
            }

            _ended.Add(((long)unit * Width) + _nextAges[unit]);
            _nextAges[unit] = 0;
        }

        return [.. due];
    }

    /// <summary>Puts what is next in place.</summary>
    public void Advance()
    {
        using var scope = NewDisposeScope();
        _ages.copy_(tensor(_nextAges));
        if (_ended.Count > 0)
        {
            var once = ones(_ended.Count, ScalarType.Int32);
            using TorchSharp.Scalar factor = 1;
            _silences.view(-1).index_add_(0, tensor(_ended.ToArray()), once, factor);
        }

        using TorchSharp.Scalar runs = _runs.item<long>() + 1;
        _runs.fill_(runs);
        if (_runs.item<long>() % _updateEvery == 0)
        {
            _thresholds.copy_(tensor(NextThresholds()));
            _silences.zero_();
        }
    }

    public void Dispose()
    {
        foreach (var (_, remembered) in State)
        {
            remembered.Dispose();
        }
    }

    private long[] NextThresholds()
    {
        var silences = _silences.data<int>().ToArray();
        long[] thresholds = [.. _thresholds.data<long>()];
        for (var unit = 0; unit < UnitCount; unit++)
        {
            var quantile = QuantileOf(silences.AsSpan((unit * Width) + 1, _highest));
            var next = quantile < thresholds[unit] ? quantile.Value : thresholds[unit] * _expansion;
            thresholds[unit] = Math.Clamp(next, _lowest, _highest);
        }

        return thresholds;
    }

    /// <summary>The shortest silence that at least a share q does not exceed; null: too few are known.</summary>
    /// <param name="counts">Of silences of 1, 2, … runs.</param>
    private long? QuantileOf(ReadOnlySpan<int> counts)
    {
        long total = 0;
        foreach (var count in counts)
        {
            total += count;
        }

        if (total < _evidenceRequired)
        {
            return null;
        }

        var length = 1;
        for (long sum = counts[0]; length < _highest && (double)sum / total < _quantile; length++)
        {
            sum += counts[length];
        }

        return length;
    }
}
