using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// A reset of the paper's head, Linear(2304, 1000): through the whole machinery against the published rule written out
/// in TorchSharp, which has none of it.
/// </summary>
public class ResetBenchmarks : DeviceBenchmark, IDisposable
{
    private PublishedResetWork _published = null!;
    private ResetWork _weights = null!;
    private ResetWork _all = null!;

    [Params(1, 32, 1000)]
    public int Rows { get; set; }

    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Type { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _published = new PublishedResetWork(HeadShape.Paper, Rows, Type);
        _weights = new ResetWork(HeadShape.Paper, Rows, Type);
        _all = new ResetWork(HeadShape.Paper, Rows, Type, ResetWork.WithBiasAndMoments);
    }

    [Benchmark(Baseline = true)]
    public void PublishedRule() => Do(_published.Run);

    [Benchmark]
    public void Zap() => Do(_weights.Run);

    [Benchmark]
    public void ZapWithBiasAndMoments() => Do(_all.Run);

    [GlobalCleanup]
    public void Dispose()
    {
        _published?.Dispose();
        _weights?.Dispose();
        _all?.Dispose();
        GC.SuppressFinalize(this);
    }
}
