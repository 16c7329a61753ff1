using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// Linear(64, classes): the reset of one row must not depend on the number of classes, nor what the trainer adds to the
/// bare loop, which does.
/// </summary>
public class ClassCountBenchmarks : DeviceBenchmark, IDisposable
{
    private const int Inputs = 64;

    private ResetWork _reset = null!;
    private ClassOfImages _images = null!;

    [Params(10, 1000, 10_000, 100_000)]
    public int Classes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _reset = new ResetWork(new HeadShape(Inputs, Classes), rows: 1);
        _images = ClassOfImages.OfLinear(Inputs, Classes);
    }

    [Benchmark]
    public void ResetOneRow() => Do(_reset.Run);

    [Benchmark(Baseline = true)]
    public void BareLoop() => Do(_images.BareLoop);

    [Benchmark]
    public void Trainer() => Do(_images.Trainer);

    [GlobalCleanup]
    public void Dispose()
    {
        _reset?.Dispose();
        _images?.Dispose();
        GC.SuppressFinalize(this);
    }
}
