using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Resets;

/// <summary>
/// One checked rewrite of a parameter or a buffer: first <see cref="Prepare"/> computes whatever could fail, then <see cref="Write"/> writes.
/// </summary>
internal sealed class PlannedReset(
    Tensor parameter,
    string name,
    long[] shape,
    ParameterSlice slice,
    Initializer initializer,
    OptimizerStateReset optimizerState,
    IReadOnlyList<OptimizerStateSlot> states)
{
    private Action? _write;
    private double _normBefore;

    public string Name => name;

    public long RowsOfWeights => shape.Length > 1 && slice.IsOfRows ? slice.CountOf(shape) : 0;

    public void Prepare(ResetNoise noise)
    {
        if (initializer is DistributionInitializer fresh && ResetNoise.FillsInPlace(parameter, slice))
        {
            var distribution = fresh.DistributionOf(shape, slice);
            _write = () => noise.FillInPlace(parameter, slice, distribution);
            return;
        }

        var values = Scratch();
        initializer.Write(new InitializerContext(values, name, shape, slice, noise));
        // Of buffers nothing is asked: masks are infinite.
        if (parameter is Parameter && initializer is not (DistributionInitializer or MapInitializer { StaysFinite: true }) && FiniteWeights.Faults([(name, values)]) is { } faults)
        {
            throw new InvalidOperationException($"The reset was not made: {initializer.GetType().Name} gave {faults}.");
        }

        _write = () => slice.Scatter(parameter, values);
    }

    public void Write()
    {
        _write!();
        foreach (var state in states)
        {
            state.Reset(slice, optimizerState);
        }
    }

    public void MeasureBefore()
    {
        using var current = slice.Gather(parameter);
        _normBefore = Norm(current);
    }

    public ParameterResetReport Report()
    {
        using var current = slice.Gather(parameter);
        return new(name, slice, current.numel(), _normBefore, Norm(current), optimizerState);
    }

    private Tensor Scratch()
    {
        // Half types are computed in single precision and rounded once, when they are written; counters are whole numbers of 64 bits.
        var dtype = parameter.is_floating_point() ? Precision.Of(parameter) : parameter.dtype;
        if (!initializer.NeedsCurrentValues)
        {
            return empty(slice.ShapeOf(shape), dtype, parameter.device);
        }

        var current = slice.Gather(parameter);
        return current.dtype == dtype ? current : current.to(dtype);
    }

    private static double Norm(Tensor values)
    {
        using var precise = values.to(ScalarType.Float64);
        using var norm = precise.norm();
        return norm.item<double>();
    }
}
