using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>The commands of this program.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var root = new RootCommand("Measures Zapping.Training: by itself, and against plain PyTorch.")
        {
            BenchCommand.Create(),
            CompareCommand.Create(),
            ShareCommand.Create(),
            HooksCommand.Create(),
            OverheadCommand.Create(),
            ClassCountCommand.Create(),
            EpisodeCostCommand.Create(),
            MemoryCommand.Create(),
            ArenaCommand.Create(),
            ConvolutionsCommand.Create(),
            OneDnnCommand.Create(),
            ProfileCommand.Create(),
            RooflineCommand.Create(),
            ReportCommand.Create(),
            WorkCommand.Create(),
        };
        return Invocation.Run(root, args);
    }
}
