using System.CommandLine;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Report;
using Spectre.Console;
using static TorchSharp.torch;

namespace PaperCurves.Commands;

/// <summary>run: pre-train both arms, transfer both, print a table, write results and draw the curves.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new RunOptions();
        var command = new Command("run", "Pre-train with and without zapping, transfer both to unseen classes, draw the curves.");
        options.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (options.Download(parse))
            {
                await DownloadAsync(cancellationToken).ConfigureAwait(false);
            }

            return Run(options.Settings(parse), options.Data(parse), cancellationToken);
        });
        return command;
    }

    private static async Task DownloadAsync(CancellationToken cancellationToken)
    {
        var folder = DataSource.DownloadFolder;
        AnsiConsole.MarkupLineInterpolated($"Downloading Omniglot to {folder}");
        await Omniglot.DownloadAsync(folder, null, cancellationToken).ConfigureAwait(false);
    }

    private static int Run(RunSettings settings, string? dataPath, CancellationToken cancellationToken)
    {
        NativeMemory.KeepLargeBlocks();
        set_num_threads(settings.Threads);
        Directory.CreateDirectory(settings.Output);
        ConsoleBoard.Run(board =>
        {
            var data = DataSource.Open(dataPath, settings.Preset, board, cancellationToken);
            using var results = new ResultsFile(Path.Combine(settings.Output, "results.csv"), data.Name, settings.Preset);
            var experiment = new Experiment(settings, data, board);
            experiment.Transferred += results.Add;
            experiment.Run(cancellationToken);
        });
        return 0;
    }
}
