using BenchmarkDotNet.Running;
using Zapping.Training.Benchmarks;
using Zapping.Training.Benchmarks.Compare;

return args switch
{
    ["compare", .. var rest] => Comparison.Run(rest),
    ["episode-cost", .. var rest] => EpisodeCost.Run(rest),
    ["work", .. var rest] => WorkProcess.Run(rest),
    ["memory", .. var rest] => MemoryCheck.Run(rest),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args).Any() ? 0 : 1,
};
