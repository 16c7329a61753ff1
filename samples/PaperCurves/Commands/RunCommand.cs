using System.CommandLine;
using PaperCurves.Pretraining;
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
        ConsoleProgress.Run(reporter => opened = source.Open(omniglotSize, settings.Preset, reporter, cancellationToken));
        var data = opened!;
        var sweep = new RunSweep(settings, data);
        sweep.EnsureAllowed();

        using var ours = RunFolder.Take(settings.Output, settings.Resume);
        var started = DateTimeOffset.Now;
        Record("begun");
        bool finished;
        try
        {
            finished = Make(settings, sweep, data.Name, cancellationToken);
        }
        catch (Exception failure)
        {
            RecordFailure(failure);
            throw;
        }

        Record(finished ? "finished" : "interrupted");
        AnsiConsole.Write(ResultsTable.OfPretraining(sweep.Pretraining().Select(arm => (arm.Key.Title(), arm.Value))));
        FinalReport.Write(settings, sweep.Results(), data.Name).Show(settings.Output);
        return finished ? ExitCodes.Done : ExitCodes.Interrupted;

        void Record(string outcome, string? reason = null) => RunRecord.Of(settings, data, sweep.Pretraining(), started, outcome, reason).Save(settings.Output);

        // The failure is what is told, also where the record of it cannot be written.
        void RecordFailure(Exception failure)
        {
            try
            {
                Record(Failure.IsDivergence(failure) ? "diverged" : "failed", Failure.Reason(failure));
            }
            catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"warning: {RunFolder.Record} still says that the run has begun: {Failure.Reason(unwritable)}");
            }
        }
    }

    /// <returns>Whether it came to its end; else it was interrupted.</returns>
    private static bool Make(RunSettings settings, RunSweep sweep, string data, CancellationToken cancellationToken)
    {
        Write();
        sweep.Advanced += Write;
        try
        {
            ConsoleProgress.Run(reporter => sweep.Run(reporter, cancellationToken));
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine("[yellow]Interrupted.[/] Everything is saved; the same command with --resume goes on.");
            return false;
        }
        finally
        {
            Write();
        }

        void Write() => FinalReport.Write(settings, sweep.Results(), data);
    }
}
