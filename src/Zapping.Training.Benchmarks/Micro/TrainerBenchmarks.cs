using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>What the trainer adds to a bare loop: 20 images of one class, one at a time, one reset.</summary>
public class TrainerBenchmarks : DeviceBenchmark, IDisposable
{
    private const int Width = 64;

    private ClassOfImages _unobserved = null!;
    private ClassOfImages _observed = null!;
    private ClassOfImages _crowded = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _unobserved = ClassOfImages.OfConvnet(Width);
        _observed = ClassOfImages.OfConvnet(Width, observers: 1);
        _crowded = ClassOfImages.OfConvnet(Width, observers: 10);
    }

    [Benchmark(Baseline = true)]
    public void BareLoop() => Do(_unobserved.BareLoop);

    [Benchmark]
    public void Trainer() => Do(_unobserved.Trainer);

    [Benchmark]
    public void TrainerWithAnObserver() => Do(_observed.Trainer);

    [Benchmark]
    public void TrainerWithTenObservers() => Do(_crowded.Trainer);

    [GlobalCleanup]
    public void Dispose()
    {
        _unobserved?.Dispose();
        _observed?.Dispose();
        _crowded?.Dispose();
        GC.SuppressFinalize(this);
    }
}
