using Zapping.Training.HiddenUnits;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>Mean and largest absolute value of each input of a layer, over the calls that it was told of.</summary>
internal sealed class InputMagnitudes(UnitLayer layer) : IDisposable
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
        var others = TensorShape.AllBut(dimension, inputs);
        var magnitudes = inputs.Precise().abs();
        Keep(ref _sum, _sum is null ? magnitudes.sum(others) : _sum.Plus(magnitudes.sum(others)));
        Keep(ref _largest, _largest is null ? magnitudes.amax(others) : _largest.maximum(magnitudes.amax(others)));
        _count += inputs.numel() / inputs.size(dimension);
    }

    /// <summary>With each input as a unit.</summary>
    public UnitMagnitudes PerInput() => new(layer.Name, Array.ConvertAll(Values(_sum!), sum => sum / _count), Values(_largest!));

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
