using System.CommandLine;
using System.Globalization;
using PaperCurves.Sweeps;
using Spectre.Console;
using Zapping.CommandLine;
using Zapping.Datasets;
using static TorchSharp.torch;

namespace PaperCurves.Commands;

/// <summary>sweep run: make what is missing.</summary>
internal static class SweepRunCommand
{
    public static Command Create(Func<ClassificationData, Device, ICellExecutor> work)
    {
        var options = new SweepOptions();
        var only = new Option<string>("--only")
        {
            Description = "Make only cells whose id fits, with * for anything (such as 'iid-zap-s1/head*'), and the networks that they need.",
            DefaultValueFactory = _ => "*",
        }.Filled();
        var minutes = NumberOption.OptionalInteger("--max-minutes", "Begin no further cell after so many minutes.");
        var command = new Command("run", "Make all cells that are missing; the same command goes on, in as many processes as you like.") { only, minutes };
        options.AddTo(command);
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var limits = new SweepLimits(parse.GetValue(only)!, parse.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null);
            return Run(options, limits, work, parse, cancellationToken);
        });
        return command;
    }

    private static int Run(
        SweepOptions options, SweepLimits limits, Func<ClassificationData, Device, ICellExecutor> work, ParseResult parse, CancellationToken cancellationToken)
    {
        var sweep = options.Sweep(parse);
        var store = options.Store(parse);
        var source = options.Common.Prepare(parse, CellStore.Outputs);
        SweepOutcome? outcome = null;
        try
        {
            ConsoleProgress.Run(
                reporter =>
                {
                    var data = SweepOptions.Data(sweep, source, reporter, cancellationToken);
                    var cells = SweepCells.Of(sweep, data);
                    var worker = work(data, device(options.Common.Device(parse)));
                    using var whatItKeeps = worker as IDisposable;
                    outcome = new SweepRunner(cells, store, worker, reporter).Run(limits, cancellationToken);
                },
                FinishedBars.Vanish);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine("[yellow]Interrupted.[/] Everything finished is saved; the same command goes on.");
            return ExitCodes.Interrupted;
        }

        return Show(outcome!, store, parse.InvocationConfiguration.Error);
    }

    private static int Show(SweepOutcome outcome, CellStore store, TextWriter error)
    {
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Made} cells made, {outcome.Failures.Count} failed, {outcome.Left} left."));
        foreach (var failure in outcome.Failures)
        {
            error.WriteLine($"{failure.Id}: {failure.Message}");
        }

        if (outcome.Failures.Count > 0)
        {
            error.WriteLine($"In full in {Path.Combine(store.Folder, "cells")}, each as ID.failed.txt.");
        }

        return outcome.Failures.Count > 0 ? ExitCodes.CellsFailed : ExitCodes.Done;
    }
}
