using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>One checked rewrite: first <see cref="Prepare"/> computes, then <see cref="Write"/> writes.</summary>
internal sealed class PlannedRewrite(
    Parameter parameter,
    string name,
    long[] shape,
    ParameterSlice slice,
    Rewriter rewriter,
    OptimizerStateReset optimizerState,
    IReadOnlyList<OptimizerStateSlot> states)
{
    private Tensor? _values;
    private double _normBefore;

    public string Name => name;

    public void Prepare(ResetNoise noise)
    {
        // Half types are computed in single precision and rounded once, when they are written.
        var dtype = parameter.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        if (rewriter.NeedsCurrentValues)
        {
            var current = slice.Gather(parameter);
            _values = current.dtype == dtype ? current : current.to(dtype);
        }
        else
        {
            _values = empty(slice.ShapeOf(shape), dtype, parameter.device);
        }

        rewriter.Write(new RewriteTarget(_values, name, shape, slice, noise));
    }

    public void Write()
    {
        slice.Scatter(parameter, _values!);
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

    public RewriteReport Report()
    {
        using var current = slice.Gather(parameter);
        return new(name, slice, current.numel(), _normBefore, Norm(current), optimizerState);
    }

    private static double Norm(Tensor values)
    {
        using var precise = values.to(ScalarType.Float64);
        using var norm = precise.norm();
        return norm.item<double>();
    }
}
