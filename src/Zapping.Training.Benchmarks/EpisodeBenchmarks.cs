using BenchmarkDotNet.Attributes;
using Zapping.Training.Benchmarks.Compare;

namespace Zapping.Training.Benchmarks;

/// <summary>An episode of 20 single images and an outer batch of 84, with a reset of one row.</summary>
[MemoryDiagnoser]
public class EpisodeBenchmarks : IDisposable
{
    private Workload _asb = null!;
    private Workload _meta = null!;
    private Workload _firstOrder = null!;

    [Params(64)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _asb = new Workload("asb", Width);
        _meta = new Workload("meta-asb", Width);
        _firstOrder = new Workload("meta-asb-first-order", Width);
    }

    [Benchmark(Baseline = true)]
    public void Asb() => _asb.Run();

    [Benchmark]
    public void MetaAsb() => _meta.Run();

    [Benchmark]
    public void MetaAsbFirstOrder() => _firstOrder.Run();

    [GlobalCleanup]
    public void Dispose()
    {
        _asb?.Dispose();
        _meta?.Dispose();
        _firstOrder?.Dispose();
        GC.SuppressFinalize(this);
    }
}
