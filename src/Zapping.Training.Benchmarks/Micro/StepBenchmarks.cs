using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>The paper's i.i.d. step: 256 images.</summary>
public class StepBenchmarks : DeviceBenchmark, IDisposable
{
    private StepWork _step = null!;

    [Params(64, 256)]
    public int Width { get; set; }

    [GlobalSetup]
    public void SetUp() => _step = StepWork.Iid(Width);

    [Benchmark]
    public void IidStep() => Do(_step.Run);

    [GlobalCleanup]
    public void Dispose()
    {
        _step?.Dispose();
        GC.SuppressFinalize(this);
    }
}
