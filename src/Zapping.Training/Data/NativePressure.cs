using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>Tells the garbage collector of native memory that it alone will free, so that it collects in time.</summary>
internal static class NativePressure
{
    private static readonly ConditionalWeakTable<Tensor, Weight> Weights = [];

    /// <param name="tensor">One of no dispose scope.</param>
    public static void Tell(Tensor tensor)
    {
        if (tensor.device_type == TorchSharp.DeviceType.CPU && tensor.numel() * tensor.element_size() is var bytes and > 0)
        {
            Weights.AddOrUpdate(tensor, new Weight(bytes));
        }
    }

    private sealed class Weight
    {
        private readonly long _bytes;

        public Weight(long bytes)
        {
            _bytes = bytes;
            GC.AddMemoryPressure(bytes);
        }

#pragma warning disable MA0055 // the end of a tensor that nobody disposes of is the garbage collector's to tell
        ~Weight() => GC.RemoveMemoryPressure(_bytes);
#pragma warning restore MA0055
    }
}
