using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>The paper's i.i.d. step: 256 images, alone and with policies that look at its forward pass.</summary>
public class StepBenchmarks : DeviceBenchmark, IDisposable
{
    private const string None = "none";

    private StepWork _step = null!;

    [Params(64, 256)]
    public int Width { get; set; }

    [ParamsSource(nameof(AllResets))]
    public string Resets { get; set; } = "";

    public static IEnumerable<string> AllResets => [None, .. UnitResets.All.Keys];

    [GlobalSetup]
    public void SetUp()
    {
        _step = StepWork.Iid(Width);
        if (Resets != None)
        {
            _step.With(UnitResets.All[Resets]);
        }
    }

    [Benchmark]
    public void IidStep() => Do(_step.Run);

    [GlobalCleanup]
    public void Dispose()
    {
        _step?.Dispose();
        GC.SuppressFinalize(this);
    }
}
