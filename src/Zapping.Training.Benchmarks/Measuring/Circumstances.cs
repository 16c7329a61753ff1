using BenchmarkDotNet.Environments;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>What figures depend on besides the code.</summary>
internal static class Circumstances
{
    /// <summary>Machine, versions and settings as a Markdown list.</summary>
    public static IEnumerable<string> Lines()
    {
        foreach (var line in HostEnvironmentInfo.GetCurrent().ToFormattedString())
        {
            yield return $"- {line.Trim()}";
        }

        yield return $"- Memory: {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB";
        yield return $"- Date: {DateTime.UtcNow:yyyy-MM-dd}";
        yield return $"- Ours: TorchSharp {typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}, libtorch {__version__}, {get_num_threads()} threads, "
            + $"device {Machine.Device}, TF32 {OnOff(backends.cuda.matmul.allow_tf32)} in matrix products and {OnOff(backends.cudnn.allow_tf32)} in cuDNN, "
            + "allocator keeps large blocks unless a table says otherwise";
    }

    private static string OnOff(bool flag) => flag ? "on" : "off";
}
