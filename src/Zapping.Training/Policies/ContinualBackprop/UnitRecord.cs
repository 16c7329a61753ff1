using TorchSharp;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// What continual backpropagation remembers of the units of one layer. What is to be remembered next is worked out beside it and
/// takes its place once the reset is written.
/// </summary>
internal sealed class UnitRecord : IDisposable
{
    private readonly UnitActivity _activity;
    private readonly double _decay;
    private readonly Tensor _ages;
    private readonly Tensor _due;
    private readonly Tensor _utility;
    private readonly Tensor _nextUtility;
    private readonly Dictionary<ConsumedUnits, (Tensor Mean, Tensor Next)> _means = [];
    private long[] _nextAges = [];
    private double _nextDue;

    public UnitRecord(HiddenLayer units, UnitActivity activity, double decay)
    {
        (Units, _activity, _decay) = (units, activity, decay);
        var weight = units.Layer.Weight;
        var type = Precision.Of(weight);
        _ages = zeros(units.Layer.UnitCount, ScalarType.Int64).DetachFromDisposeScope();
        _due = zeros(1, ScalarType.Float64).DetachFromDisposeScope();
        _utility = zeros(units.Layer.UnitCount, type, weight.device).DetachFromDisposeScope();
        _nextUtility = _utility.clone().DetachFromDisposeScope();
        foreach (var consumer in units.Consumers)
        {
            var mean = zeros(consumer.Layer.Weight.size(1), type, weight.device).DetachFromDisposeScope();
            _means.Add(consumer, (mean, mean.clone().DetachFromDisposeScope()));
        }
    }

    public HiddenLayer Units { get; }

    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        new($"{Units.Layer.Name}.utility", _utility),
        new($"{Units.Layer.Name}.ages", _ages),
        new($"{Units.Layer.Name}.due", _due),
        .. _means.Select(m => KeyValuePair.Create($"{Units.Layer.Name}.mean at {m.Key.Layer.Name}", m.Value.Mean)),
    ];

    /// <summary>Takes in what was seen since the last time: running averages of contribution and activation, and one more run of age.</summary>
    public void Observe()
    {
        using var scope = NewDisposeScope();
        var contribution = _activity.SumPerUnit(Units, consumer => _activity.MeanOf(ColumnStatistic.Magnitude, consumer) * OutgoingMagnitude(consumer.Layer.Weight));
        Average(_utility, contribution, _nextUtility);
        foreach (var (consumer, (mean, next)) in _means)
        {
            Average(mean, _activity.MeanOf(ColumnStatistic.Value, consumer), next);
        }

        _nextAges = [.. _ages.data<long>().ToArray().Select(age => age + 1)];
        _nextDue = _due.item<double>();
    }

    /// <summary>The least useful of the units that are old enough, as many as are due by now.</summary>
    public int[] Choose(double rate, long maturity)
    {
        int[] eligible = [.. Enumerable.Range(0, _nextAges.Length).Where(unit => _nextAges[unit] > maturity)];
        _nextDue += rate * eligible.Length;
        var count = Math.Min((int)_nextDue, eligible.Length);
        if (count == 0)
        {
            return [];
        }

        _nextDue -= count;
        using var scope = NewDisposeScope();
        var utility = _nextUtility.to(ScalarType.Float64).cpu().data<double>().ToArray();
        return [.. eligible.OrderBy(unit => utility[unit] / Correction(unit)).Take(count).Order()];
    }

    /// <summary>[rows of the consumer]: what units add to the consumer's outputs on average, which its bias takes over.</summary>
    public double[] MeanContribution(ConsumedUnits consumer, int[] units)
    {
        using var scope = NewDisposeScope();
        var columns = units.SelectMany(unit => consumer.Columns[unit].Select(column => (Unit: unit, Column: (long)column))).ToList();
        var weight = consumer.Layer.Weight.detach();
        var indices = tensor([.. columns.Select(c => c.Column)], device: weight.device);
        var chosen = weight.index_select(1, indices).to(ScalarType.Float64).cpu().reshape(weight.size(0), columns.Count, -1).sum([2]);
        var means = _means[consumer].Next.index_select(0, indices).to(ScalarType.Float64).cpu();
        return [.. chosen.matmul(means / tensor([.. columns.Select(c => Correction(c.Unit))])).data<double>()];
    }

    /// <summary>Puts what is next in place; units that were replaced begin at nothing.</summary>
    public void Advance(int[] replaced)
    {
        using var scope = NewDisposeScope();
        _utility.copy_(_nextUtility);
        foreach (var (mean, next) in _means.Values)
        {
            mean.copy_(next);
        }

        foreach (var unit in replaced)
        {
            _nextAges[unit] = 0;
        }

        _ages.copy_(tensor(_nextAges));
        using Scalar due = _nextDue;
        _due.fill_(due);
        if (replaced.Length > 0)
        {
            Clear(_utility, replaced);
            foreach (var (consumer, (mean, _)) in _means)
            {
                if (consumer.ColumnsOf(replaced) is { Length: > 0 } columns)
                {
                    Clear(mean, columns);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _means.Values.SelectMany(m => new[] { m.Mean, m.Next }).Concat([_ages, _due, _utility, _nextUtility]))
        {
            tensor.Dispose();
        }
    }

    // An average that begins at 0 is too small while it is young (Kingma and Ba 2015).
    private double Correction(int unit) => 1 - Math.Pow(_decay, _nextAges[unit]);

    private void Average(Tensor average, Tensor value, Tensor next)
    {
        using Scalar kept = _decay;
        using Scalar added = 1 - _decay;
        next.copy_(average).mul_(kept).add_(value, alpha: added);
    }

    private static void Clear(Tensor remembered, int[] entries)
    {
        using Scalar nothing = 0;
        remembered.index_fill_(0, tensor(Array.ConvertAll(entries, entry => (long)entry), device: remembered.device), nothing);
    }

    /// <summary>[columns]: sums of absolute weights, in single precision at least, because those of half types would overflow.</summary>
    private Tensor OutgoingMagnitude(Tensor weight) =>
        ColumnStatistic.Magnitude.Sum(weight.to(_utility.dtype), [0, .. Enumerable.Range(2, (int)weight.dim() - 2).Select(position => (long)position)]);
}
