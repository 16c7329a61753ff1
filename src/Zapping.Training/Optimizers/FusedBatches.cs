using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Optimizers;

/// <summary>The parameters of a group, sorted into batches that one fused call can take.</summary>
/// <typeparam name="TCommon">
/// What the parameters of a batch have in common besides type and device. Adam's step counter is such a thing: a reset
/// or a step without gradient lets one parameter's fall behind the others'.
/// </typeparam>
internal sealed class FusedBatches<TCommon>
    where TCommon : notnull
{
    private readonly OrderedDictionary<(TCommon Common, ScalarType Type, DeviceType Device, int Index), FusedBatch> _batches = [];

    /// <exception cref="NotSupportedException">The kernels do not know the parameter's type.</exception>
    public FusedBatch For(Parameter parameter, TCommon common)
    {
        var key = (common, FusedBatch.TypeFor(parameter), parameter.device_type, parameter.device_index);
        if (!_batches.TryGetValue(key, out var batch))
        {
            batch = new FusedBatch(key.Item2, parameter.device);
            _batches.Add(key, batch);
        }

        return batch;
    }

    public void Launch(Action<FusedBatch, TCommon> kernel)
    {
        foreach (var (key, batch) in _batches)
        {
            kernel(batch, key.Common);
        }
    }
}
