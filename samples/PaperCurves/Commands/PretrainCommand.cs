using System.CommandLine;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using Spectre.Console;
using Zapping.CommandLine;
using static TorchSharp.torch;

namespace PaperCurves.Commands;

/// <summary>pretrain: one network by one method, in pieces if need be.</summary>
internal static class PretrainCommand
{
    public static Command Create()
    {
        var options = new PretrainOptions();
        var command = new Command("pretrain", "Pre-train one network; Ctrl-C saves, --resume goes on.");
        options.AddTo(command);
        CommandAction.Of(command, (parse, cancellationToken) => Run(options, parse, cancellationToken));
        return command;
    }

    private static int Run(PretrainOptions options, ParseResult parse, CancellationToken cancellationToken)
    {
        var source = options.Common.Prepare(parse, PretrainingFolder.Outputs);
        var checkpoint = options.Checkpoint(parse);
        var output = options.Common.Output(parse);
        PretrainingFolder.EnsureMeant(output, checkpoint);
        PretrainingPlan? plan = null;
        PretrainingResult? result = null;
        ConsoleProgress.Run(reporter =>
        {
            var model = options.Model(parse);
            var data = source.Open(PaperPlans.OmniglotSize(model), options.Glyphs(parse), reporter, cancellationToken);
            plan = options.Plan(parse, data);
            try
            {
                result = PretrainingFolder.Complete(
                    plan, data, output, device(options.Common.Device(parse)), reporter, cancellationToken, checkpoint == PretrainingFolder.Newest ? null : checkpoint);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Saved; said below, when the bars are gone.
            }
        });
        if (result is null)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Interrupted.[/] Everything is saved; the same command with --resume goes on.");
            return ExitCodes.Interrupted;
        }

        AnsiConsole.Write(ResultsTable.OfPretraining([(plan!.ResetsTitle(), result)]));
        return ExitCodes.Done;
    }
}
