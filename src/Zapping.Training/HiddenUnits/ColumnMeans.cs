using TorchSharp;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>Means of what reaches each column of a layer's weight, over examples, positions and calls since they were last forgotten.</summary>
internal sealed class ColumnMeans : IDisposable
{
    private readonly UnitLayer _layer;
    private readonly ColumnStatistic[] _statistics;
    private readonly Tensor[] _sums;
    private readonly Tensor _count;
    private readonly ActivationProbe _probe;

    public ColumnMeans(UnitLayer layer, int every, params ReadOnlySpan<ColumnStatistic> statistics)
    {
        _layer = layer;
        _statistics = [.. statistics];
        var weight = layer.Weight;
        var type = Precision.Of(weight);
        _sums = Array.ConvertAll(_statistics, _ => zeros(weight.size(1), type, weight.device).DetachFromDisposeScope());
        _count = zeros(1, ScalarType.Int64).DetachFromDisposeScope();
        _probe = new ActivationProbe(layer.Module, every, Add);
    }

    /// <summary>Whether there has been anything to take a mean of.</summary>
    public bool AreKnown => _count.item<long>() > 0;

    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        .. _statistics.Zip(_sums, (statistic, sum) => KeyValuePair.Create($"{_layer.Name}.{statistic.Name}", sum)),
        new($"{_layer.Name}.count", _count),
        new($"{_layer.Name}.calls", _probe.Calls),
    ];

    /// <summary>[columns]; a new tensor.</summary>
    public Tensor Of(ColumnStatistic statistic)
    {
        using Scalar count = _count.item<long>();
        return _sums[Array.IndexOf(_statistics, statistic)].div(count);
    }

    public void Forget()
    {
        foreach (var sum in _sums)
        {
            sum.zero_();
        }

        _count.zero_();
    }

    public void Dispose()
    {
        _probe.Dispose();
        _count.Dispose();
        foreach (var sum in _sums)
        {
            sum.Dispose();
        }
    }

    private void Add(Tensor inputs)
    {
        var columns = _layer.UnitDimension(inputs);
        var others = TensorShape.AllBut(columns, inputs);
        var precise = inputs.to(_sums[0].dtype); // the sum of many half-precision values would overflow
        using Scalar once = 1; // TorchSharp would make one itself, which the collector may take before native code has read it
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i].add_(_statistics[i].Sum(precise, others), once);
        }

        using Scalar count = inputs.numel() / inputs.size(columns);
        _count.add_(count, once);
    }
}
