using System.CommandLine;
using PaperCurves.CommandLine;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;
using PaperCurves.Report;
using Spectre.Console;

namespace PaperCurves.Commands;

/// <summary>run: pre-train every arm, transfer all of them, print tables, write results and draw the curves.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new RunOptions();
        var command = new Command("run", "Pre-train without zapping, with the published and with the recommended resets, transfer all three to unseen classes, draw the curves.");
        options.AddTo(command);
        CommandAction.Of(command, (parse, cancellationToken) =>
            Run(options.Settings(parse), options.Common.Prepare(parse), PaperPlans.OmniglotSize("convnet"), cancellationToken));
        return command;
    }

    /// <param name="settings">What to do.</param>
    /// <param name="source">Where the data is.</param>
    /// <param name="omniglotSize">Size of the images if it is Omniglot.</param>
    /// <param name="cancellationToken">Interrupts between two steps.</param>
    public static int Run(RunSettings settings, DataSource source, int omniglotSize, CancellationToken cancellationToken)
    {
        if (settings.Pretrained is { } networks)
        {
            PretrainedNetworks.EnsureThere(networks);
        }

        var started = DateTimeOffset.Now;
        var pretraining = new SortedDictionary<Arm, PretrainingResult>();
        ClassificationData? data = null;
        var finished = false;
        try
        {
            ConsoleBoard.Run(board =>
            {
                data = source.Open(omniglotSize, settings.Preset, board, cancellationToken);
                Experiment.EnsureAllowed(settings, data);
                ResultsFile.EnsureGoesOn(settings, data, ResultsPath(settings));
                using var results = new ResultsFile(ResultsPath(settings), data.Name, settings.Method, settings.Preset, settings.Resume);
                var experiment = new Experiment(settings, data, board, results.Kept.Select(row => row.Point()));
                experiment.Pretrained += pretraining.Add;
                experiment.Transferred += results.Add;
                experiment.Run(cancellationToken);
            });
            finished = true;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLine("[yellow]Interrupted.[/] Everything is saved; the same command with --resume goes on.");
        }

        if (data is not null)
        {
            RunRecord.Of(settings, data, pretraining, started, finished).Save(settings.Output);
            Show(settings, pretraining);
        }

        return finished ? ExitCodes.Done : ExitCodes.Interrupted;
    }

    private static void Show(RunSettings settings, IReadOnlyDictionary<Arm, PretrainingResult> pretraining)
    {
        AnsiConsole.Write(ResultsTable.OfPretraining(pretraining.Select(arm => (arm.Key.Title(), arm.Value))));
        var rows = ResultsFile.Read(ResultsPath(settings));
        if (rows.Count > 0)
        {
            FinalReport.Show(rows, settings.Output);
        }
    }

    private static string ResultsPath(RunSettings settings) => Path.Combine(settings.Output, "results.csv");
}
