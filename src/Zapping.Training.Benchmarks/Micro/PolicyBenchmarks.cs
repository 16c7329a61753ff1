using BenchmarkDotNet.Attributes;
using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Parameters;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>Each policy, selection and rewriter on the paper's head, Linear(2304, 1000).</summary>
public class PolicyBenchmarks : DeviceBenchmark, IDisposable
{
    private readonly Linear _head = Linear(HeadShape.Paper.Inputs, HeadShape.Paper.Units).to(Machine.Device);
    private readonly ParameterSnapshot _snapshot;
    private readonly Dictionary<string, IResetPolicy> _policies;
    private ZapScheduler _scheduler = null!;

    public PolicyBenchmarks()
    {
        _snapshot = ParameterSnapshot.Capture(_head);
        _policies = new(StringComparer.Ordinal)
        {
            ["the boundary's class"] = new ZapPolicy(),
            ["32 random units"] = new ZapPolicy(new ZapOptions { Units = UnitSelection.Random(32) }),
            ["every other unit"] = new ZapPolicy(new ZapOptions { Units = UnitSelection.Where(unit => unit % 2 == 0) }),
            ["all, Kaiming normal"] = All(Initializer.KaimingNormal()),
            ["all, Kaiming uniform"] = All(Initializer.KaimingUniform()),
            ["all, Xavier normal"] = All(Initializer.XavierNormal()),
            ["all, layer default"] = All(Initializer.LayerDefault()),
            ["all, zeros"] = All(Initializer.Zeros()),
            ["all, rewound"] = All(Initializer.RewindTo(_snapshot)),
            ["all, shrunk"] = All(Initializer.ShrinkAndPerturb()),
            ["shrink and perturb"] = new ShrinkAndPerturbPolicy(),
        };
    }

    [ParamsSource(nameof(Policies))]
    public string Policy { get; set; } = "";

    public IEnumerable<string> Policies => _policies.Keys;

    [GlobalSetup]
    public void SetUp() => _scheduler = new ZapScheduler(_head, [], _policies[Policy], new ResetSchedule(BoundaryKind.ClassBoundary));

    [Benchmark]
    public void Reset() => Do(() => _scheduler.Signal(BoundaryKind.ClassBoundary, 7));

    [GlobalCleanup]
    public void Dispose()
    {
        _snapshot.Dispose();
        _head.Dispose();
        GC.SuppressFinalize(this);
    }

    private static ZapPolicy All(Initializer weights) => new(new ZapOptions { Units = UnitSelection.All, Weights = weights });
}
