using BenchmarkDotNet.Attributes;
using PaperCurves.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>The paper's i.i.d. step: 256 images, alone and with policies that look at its forward pass.</summary>
public class StepBenchmarks : DeviceBenchmark, IDisposable
{
    private static readonly Dictionary<string, Action<ContinualTrainer, Tensor>> Resets = new(StringComparer.Ordinal)
    {
        ["none"] = (_, _) => { },
        ["dormant units"] = (trainer, example) => trainer.UseDormantUnitReset(
            example, new ResetSchedule(BoundaryKind.StepBoundary) { Period = 1000 }, normalisations: module => module is InstanceNorm),
        ["continual backpropagation"] = (trainer, example) => trainer.UseContinualBackprop(example, normalisations: module => module is InstanceNorm),
    };

    private StepWork _step = null!;

    [Params(64, 256)]
    public int Width { get; set; }

    [ParamsSource(nameof(AllUnitResets))]
    public string UnitResets { get; set; } = "";

    public static IEnumerable<string> AllUnitResets => Resets.Keys;

    [GlobalSetup]
    public void SetUp() => _step = StepWork.Iid(Width).With(Resets[UnitResets]);

    [Benchmark]
    public void IidStep() => Do(_step.Run);

    [GlobalCleanup]
    public void Dispose()
    {
        _step?.Dispose();
        GC.SuppressFinalize(this);
    }
}
