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
        command.SetAction((parse, cancellationToken) => Task.Run(
            () => Run(options.Settings(parse), options.Data(parse), options.Download(parse), cancellationToken), CancellationToken.None));
        return command;
    }

    private static async Task<int> Run(RunSettings settings, string? dataPath, bool download, CancellationToken cancellationToken)
    {
        NativeMemory.KeepLargeBlocks();
        set_num_threads(settings.Threads);
        EnsureDevice(settings.Device);
        if (download)
        {
            dataPath = await DataSource.DownloadAsync(cancellationToken).ConfigureAwait(false);
        }

        Directory.CreateDirectory(settings.Output);
        var started = DateTimeOffset.Now;
        var pretraining = new List<PretrainingResult>();
        ClassificationData? data = null;
        var finished = false;
        try
        {
            ConsoleBoard.Run(board =>
            {
                data = DataSource.Open(dataPath, settings.Preset, board, cancellationToken);
                using var results = new ResultsFile(ResultsPath(settings), data.Name, settings.Preset);
                var experiment = new Experiment(settings, data, board);
                experiment.Pretrained += pretraining.Add;
                experiment.Transferred += results.Add;
                experiment.Run(cancellationToken);
            });
            finished = true;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLine("[yellow]Interrupted.[/] What is finished has been kept.");
        }

        if (data is not null)
        {
            RunRecord.Of(settings, data, pretraining, started, finished).Save(settings.Output);
            Show(settings, pretraining);
        }

        return finished ? ExitCodes.Done : ExitCodes.Interrupted;
    }

    private static void Show(RunSettings settings, IReadOnlyList<PretrainingResult> pretraining)
    {
        AnsiConsole.Write(ResultsTable.OfPretraining(pretraining));
        var rows = ResultsFile.Read(ResultsPath(settings));
        if (rows.Count > 0)
        {
            FinalReport.Show(rows, settings.Output);
        }
    }

    private static void EnsureDevice(string name)
    {
        if (name.StartsWith("cuda", StringComparison.Ordinal) && !cuda.is_available())
        {
            throw new DataException(
                $"device {name}: CUDA is not available. It needs an NVIDIA driver and a build with -p:TorchBackend=cuda-linux (or cuda-windows).");
        }
    }

    private static string ResultsPath(RunSettings settings) => Path.Combine(settings.Output, "results.csv");
}
