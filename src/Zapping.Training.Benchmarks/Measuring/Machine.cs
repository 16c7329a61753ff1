using TorchSharp;
using Zapping.Training.Native;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>What this process measures on. It is set up once, before the first tensor.</summary>
internal static class Machine
{
    /// <summary>Where all tensors go.</summary>
    public static Device Device { get; private set; } = CPU;

    public static bool IsCuda => Device.type == DeviceType.CUDA;

    /// <param name="threads">CPU threads of libtorch.</param>
    /// <param name="device">cpu or cuda.</param>
    /// <param name="keepBlocks">Whether the C library's allocator keeps large blocks, as every trainer tells it.</param>
    /// <exception cref="MeasuringException">There is no such device.</exception>
    public static void SetUp(int threads, string device, bool keepBlocks)
    {
        AppContext.SetSwitch(NativeAllocator.SwitchName, keepBlocks);
        NativeAllocator.KeepLargeBlocks();
        set_num_threads(threads);
        if (device == "cuda" && !cuda.is_available())
        {
            throw new MeasuringException(
                "device cuda: not available. It needs an NVIDIA driver and a build with -p:TorchBackend=cuda-linux (or cuda-windows).");
        }

        Device = torch.device(device);
    }

    /// <summary>Waits until the device has done all that it was given; on a CPU, everything is.</summary>
    public static void Wait()
    {
        if (IsCuda)
        {
            cuda.synchronize();
        }
    }
}
