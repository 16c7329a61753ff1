using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>An episode of 20 single images and an outer batch of 84, with a reset of one row.</summary>
public class EpisodeBenchmarks : DeviceBenchmark, IDisposable
{
    private EpisodeWork _asb = null!;
    private EpisodeWork _meta = null!;
    private EpisodeWork _firstOrder = null!;

    [Params(64)]
    public int Width { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _asb = EpisodeWork.Asb(Width);
        _meta = EpisodeWork.MetaAsb(Width);
        _firstOrder = EpisodeWork.FirstOrder(Width);
    }

    [Benchmark(Baseline = true)]
    public void Asb() => Do(_asb.Run);

    [Benchmark]
    public void MetaAsb() => Do(_meta.Run);

    [Benchmark]
    public void MetaAsbFirstOrder() => Do(_firstOrder.Run);

    [GlobalCleanup]
    public void Dispose()
    {
        _asb?.Dispose();
        _meta?.Dispose();
        _firstOrder?.Dispose();
        GC.SuppressFinalize(this);
    }
}
