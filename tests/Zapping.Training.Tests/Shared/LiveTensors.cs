using static TorchSharp.torch;

namespace Zapping.Training.Tests.Shared;

internal static class LiveTensors
{
    /// <summary>
    /// How many tensors live, once what earlier tests have left to the collector is gone. Only the count before a test: one
    /// after it must not forgive what the test itself leaves to the collector.
    /// </summary>
    public static long BeforeTest()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
