using System.CommandLine;
using PaperCurves.Pretraining;
using PaperCurves.Progress;
using PaperCurves.Report.Live;
using PaperCurves.Runs;
using Spectre.Console;
using Zapping.CommandLine;
using Zapping.Datasets;

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
            Run(options.Settings(parse), options.Common.Prepare(parse, RunFolder.Outputs), PaperPlans.OmniglotSize("convnet"), cancellationToken));
        return command;
    }

    /// <param name="settings">What to do.</param>
    /// <param name="source">Where the data is.</param>
    /// <param name="omniglotSize">Size of the images if it is Omniglot.</param>
    /// <param name="cancellationToken">Interrupts between two steps.</param>
    public static int Run(RunSettings settings, DataSource source, int omniglotSize, CancellationToken cancellationToken)
    {
        RunFolder.EnsureMeant(settings.Output, settings.Resume);
        if (settings.Pretrained is { } networks)
        {
            PretrainedNetworks.EnsureThere(networks);
        }

        RunFolder.EnsureSameNetworks(settings);
        ClassificationData? opened = null;
        ConsoleProgress.Run(reporter => opened = Open(settings, source, omniglotSize, reporter, cancellationToken));
        var data = opened!;

        using var ours = RunFolder.Take(settings.Output, settings.Resume);
        var started = DateTimeOffset.Now;
        var pretraining = new SortedDictionary<Arm, PretrainingResult>();
        Record("begun");
        var finished = Make(settings, data, pretraining, cancellationToken);
        Record(finished ? "finished" : "interrupted");
        Show(settings, pretraining);
        return finished ? ExitCodes.Done : ExitCodes.Interrupted;

        void Record(string outcome) => RunRecord.Of(settings, data, pretraining, started, outcome).Save(settings.Output);
    }

    private static ClassificationData Open(RunSettings settings, DataSource source, int omniglotSize, IProgressReporter reporter, CancellationToken cancellationToken)
    {
        var data = source.Open(omniglotSize, settings.Preset, reporter, cancellationToken);
        Experiment.EnsureAllowed(settings, data);
        ResultsFile.EnsureGoesOn(settings, data, ResultsPath(settings));
        return data;
    }

    /// <returns>Whether it came to its end; else it was interrupted.</returns>
    private static bool Make(RunSettings settings, ClassificationData data, SortedDictionary<Arm, PretrainingResult> pretraining, CancellationToken cancellationToken)
    {
        try
        {
            ConsoleProgress.Run(reporter =>
            {
                using var results = new ResultsFile(ResultsPath(settings), data.Name, settings.Method, settings.Preset, settings.Resume);
                var experiment = new Experiment(settings, data, reporter, results.Kept.Select(row => row.Point()));
                experiment.Pretrained += pretraining.Add;
                experiment.Transferred += results.Add;
                experiment.Run(cancellationToken);
            });
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine("[yellow]Interrupted.[/] Everything is saved; the same command with --resume goes on.");
            return false;
        }
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

    private static string ResultsPath(RunSettings settings) => Path.Combine(settings.Output, RunFolder.Results);
}
