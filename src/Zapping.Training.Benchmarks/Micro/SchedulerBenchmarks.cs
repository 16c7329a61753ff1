using BenchmarkDotNet.Attributes;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>What a loop pays for saying what begins when nothing is due.</summary>
[MemoryDiagnoser]
public class SchedulerBenchmarks : IDisposable
{
    private readonly Linear _head = Linear(HeadShape.Paper.Inputs, HeadShape.Paper.Units);
    private readonly ZapScheduler _everyClass;
    private readonly ZapScheduler _never;

    public SchedulerBenchmarks()
    {
        _everyClass = new ZapScheduler(_head, [], new ZapPolicy(), new ResetSchedule(BoundaryKind.ClassBoundary));
        _never = new ZapScheduler(_head, [], new ZapPolicy(), new ResetSchedule(BoundaryKind.ClassBoundary) { AtMost = 0 });
    }

    [Benchmark]
    public bool AnotherKind() => _everyClass.Signal(BoundaryKind.StepBoundary);

    [Benchmark]
    public bool NotDue() => _never.Signal(BoundaryKind.ClassBoundary, 7);

    [GlobalCleanup]
    public void Dispose()
    {
        _head.Dispose();
        GC.SuppressFinalize(this);
    }
}
