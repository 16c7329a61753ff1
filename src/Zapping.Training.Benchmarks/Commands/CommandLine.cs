using System.CommandLine;

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
            ConvolutionsCommand.Create(),
            ProfileCommand.Create(),
            RooflineCommand.Create(),
            ReportCommand.Create(),
            WorkCommand.Create(),
        };
        try
        {
            return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception failure) when (failure is MeasuringException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {failure.Message}");
            return 1;
        }
    }
}
