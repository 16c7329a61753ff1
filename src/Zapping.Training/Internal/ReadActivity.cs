using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>How active the units are that layers read, over all calls until disposing.</summary>
internal sealed class ReadActivity : IDisposable
{
    private readonly List<Action> _unhook = [];
    private readonly List<UnitMagnitudes> _called = [];

    public ReadActivity(IEnumerable<UnitLayer> layers)
    {
        foreach (var layer in layers)
        {
            _unhook.Add(layer.Module.register_forward_pre_hook((_, inputs) =>
            {
                Add(layer, inputs);
                return inputs;
            }).remove);
        }
    }

    /// <summary>In the order of their first calls.</summary>
    public IReadOnlyList<UnitMagnitudes> Called => _called;

    public void Dispose()
    {
        _unhook.ForEach(unhook => unhook());
        _called.ForEach(magnitudes => magnitudes.Dispose());
    }

    private void Add(UnitLayer layer, Tensor inputs)
    {
        var known = _called.Find(magnitudes => magnitudes.Layer == layer);
        if (known is null)
        {
            known = new UnitMagnitudes(layer);
            _called.Add(known);
        }

        known.Add(inputs);
    }
}

/// <summary>Mean and largest absolute value of each unit that a layer reads.</summary>
internal sealed class UnitMagnitudes(UnitLayer layer) : IDisposable
{
    private Tensor? _sum;
    private Tensor? _largest;
    private long _count;

    public UnitLayer Layer => layer;

    public void Add(Tensor inputs)
    {
        // The model may have a scope of its own around this call; what is kept must outlive that.
        using var scope = NewDisposeScope();
        var dimension = layer.UnitDimension(inputs);
        long[] others = [.. Enumerable.Range(0, (int)inputs.dim()).Where(other => other != dimension)];
        var precise = inputs.dtype == ScalarType.Float64 ? inputs : inputs.to(ScalarType.Float32); // many half-precision values would overflow
        var magnitudes = precise.abs();
        Keep(ref _sum, _sum is null ? magnitudes.sum(others) : _sum + magnitudes.sum(others));
        Keep(ref _largest, _largest is null ? magnitudes.amax(others) : _largest.maximum(magnitudes.amax(others)));
        _count += inputs.numel() / inputs.size(dimension);
    }

    public LayerActivity Measure(double dormantThreshold)
    {
        var means = Values(_sum!).Select(sum => sum / _count).ToList();
        var (units, mean) = (means.Count, means.Average());
        return double.IsFinite(mean)
            ? new LayerActivity(
                layer.Name,
                units,
                mean,
                // A product, so that a layer that is wholly silent is wholly dormant.
                means.Count(magnitude => magnitude <= dormantThreshold * mean) / (double)units,
                Values(_largest!).Count(magnitude => magnitude == 0) / (double)units)
            : new LayerActivity(layer.Name, units, double.NaN, double.NaN, double.NaN);
    }

    public void Dispose()
    {
        _sum?.Dispose();
        _largest?.Dispose();
    }

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.cpu().to(ScalarType.Float64).data<double>().ToArray();
    }

    private static void Keep(ref Tensor? kept, Tensor value)
    {
        kept?.Dispose();
        kept = value.DetachFromDisposeScope();
    }
}
