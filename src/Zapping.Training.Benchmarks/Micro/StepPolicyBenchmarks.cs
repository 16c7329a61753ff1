using BenchmarkDotNet.Attributes;

namespace Zapping.Training.Benchmarks;

/// <summary>A step of 16 images, alone and with each policy, penalty or rule that does something at every step.</summary>
public class StepPolicyBenchmarks : DeviceBenchmark, IDisposable
{
    private PolicyStep _step = null!;

    [ParamsSource(nameof(AllNetworks))]
    public string Network { get; set; } = "";

    [ParamsSource(nameof(AllPolicies))]
    public string Policy { get; set; } = "";

    public static IEnumerable<string> AllNetworks => PolicyStep.Networks;

    public static IEnumerable<string> AllPolicies => [PolicyStep.None, .. StepPolicies.All.Keys];

    [GlobalSetup]
    public void SetUp() => _step = new PolicyStep(Network, 64, Policy);

    [Benchmark]
    public void Step() => Do(_step.Run);

    [GlobalCleanup]
    public void Dispose()
    {
        _step?.Dispose();
        GC.SuppressFinalize(this);
    }
}
