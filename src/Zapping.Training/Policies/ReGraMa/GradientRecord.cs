using Zapping.Training.HiddenUnits;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// A running average of how much gradient the incoming weights of each unit of a layer get. What is to be remembered next is worked out
/// beside it and takes its place once the reset is written.
/// </summary>
internal sealed class GradientRecord : IDisposable
{
    private readonly double _decay;
    private readonly int _minimumAge;
    private readonly Tensor _averages;
    private readonly Tensor _ages;
    private readonly Tensor _rests;
    private double[] _nextAverages = [];
    private long[] _nextAges = [];
    private long[] _nextRests = [];

    public GradientRecord(HiddenLayer units, double decay, int minimumAge)
    {
        (Units, _decay, _minimumAge) = (units, decay, minimumAge);
        var weight = units.Layer.Weight;
        _averages = zeros(units.Layer.UnitCount, Precision.Of(weight), weight.device).DetachFromDisposeScope();
        _ages = zeros(units.Layer.UnitCount, ScalarType.Int64).DetachFromDisposeScope();
        _rests = zeros(units.Layer.UnitCount, ScalarType.Int64).DetachFromDisposeScope();
    }

    public HiddenLayer Units { get; }

    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        new($"{Units.Layer.Name}.averages", _averages),
        new($"{Units.Layer.Name}.ages", _ages),
        new($"{Units.Layer.Name}.rests", _rests),
    ];

    /// <summary>Takes in the gradients that the layer's weight has now.</summary>
    /// <returns>Whether there are any, and they say something: they are finite and not all 0.</returns>
    /// <exception cref="InvalidOperationException">The layer has another number of units than when the policy was made.</exception>
    public bool Observe()
    {
        using var scope = NewDisposeScope();
        var weight = Units.Layer.Weight;
        if (weight.size(0) != _ages.size(0))
        {
            throw new InvalidOperationException(
                $"Layer '{Units.Layer.Name}' has {weight.size(0)} units, but had {_ages.size(0)} when the policy was made: make a new policy after a layer has been changed.");
        }

        if (weight.grad is not { } gradient)
        {
            return false;
        }

        var magnitudes = gradient.to(ScalarType.Float64).abs().flatten(1).mean([1]).cpu().data<double>().ToArray();
        if (!double.IsFinite(magnitudes.Sum()) || magnitudes.Sum() == 0)
        {
            return false;
        }

        _nextAverages = [.. _averages.to(ScalarType.Float64).cpu().data<double>().ToArray().Zip(magnitudes, (average, magnitude) => (_decay * average) + ((1 - _decay) * magnitude))];
        _nextAges = [.. _ages.data<long>().Select(age => age + 1)];
        _nextRests = [.. _rests.data<long>()];
        return true;
    }

    /// <summary>The units that are not resting and whose score is at most tau, those of the lowest scores if there are too many.</summary>
    public int[] Choose(double threshold, double atMostShare)
    {
        // An average that begins at 0 is too small while it is young (Kingma and Ba 2015).
        double[] scores = [.. _nextAverages.Select((average, unit) => average / (1 - Math.Pow(_decay, _nextAges[unit])))];
        var limit = threshold * scores.Average(); // a product, as in ReDo
        var inactive = Enumerable.Range(0, scores.Length).Where(unit => _nextRests[unit] == 0 && scores[unit] <= limit);
        return [.. inactive.OrderBy(unit => scores[unit]).Take((int)(atMostShare * scores.Length)).Order()];
    }

    /// <summary>Puts what is next in place; units that were renewed begin at nothing, and rest.</summary>
    public void Advance(int[] renewed)
    {
        using var scope = NewDisposeScope();
        for (var unit = 0; unit < _nextRests.Length; unit++)
        {
            _nextRests[unit] = Math.Max(0, _nextRests[unit] - 1);
        }

        foreach (var unit in renewed)
        {
            (_nextAverages[unit], _nextAges[unit], _nextRests[unit]) = (0, 0, _minimumAge);
        }

        _averages.copy_(tensor(_nextAverages));
        _ages.copy_(tensor(_nextAges));
        _rests.copy_(tensor(_nextRests));
    }

    public void Dispose()
    {
        foreach (var (_, remembered) in State)
        {
            remembered.Dispose();
        }
    }
}
