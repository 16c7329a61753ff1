using BenchmarkDotNet.Running;
using Zapping.Training.Benchmarks;
using Zapping.Training.Benchmarks.Compare;

return args switch
{
    ["compare", .. var rest] => Comparison.Run(rest),
    ["iid-step", .. var rest] => IidStep.Run(rest),
    ["memory", .. var rest] => MemoryCheck.Run(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args).Any() ? 0 : 1,
};
