using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>The paper's sequential transfer of the classifier alone, to fewer classes.</summary>
public class HeadTransferBenchmarks : DeviceBenchmark, IDisposable
{
    private HeadTransferWork _transfer = null!;

    [Params(64)]
    public int Width { get; set; }

    [Params(20)]
    public int Classes { get; set; }

    [GlobalSetup]
    public void SetUp() => _transfer = new HeadTransferWork(Classes, Width, rates: 1);

    [Benchmark]
    public void HeadTransfer() => Do(_transfer.Run);

    [GlobalCleanup]
    public void Dispose()
    {
        _transfer?.Dispose();
        GC.SuppressFinalize(this);
    }
}
