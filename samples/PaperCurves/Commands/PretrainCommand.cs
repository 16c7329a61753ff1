using System.CommandLine;
using PaperCurves.Data;
using PaperCurves.Pretraining;
using PaperCurves.Report;
using Spectre.Console;
using Zapping.Training;
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
        command.SetAction((parse, cancellationToken) => Task.Run(() => RunAsync(options, parse, cancellationToken), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(PretrainOptions options, ParseResult parse, CancellationToken cancellationToken)
    {
        var source = await options.Common.PrepareAsync(parse, cancellationToken).ConfigureAwait(false);
        PretrainingPlan? plan = null;
        PretrainingResult? result = null;
        ConsoleBoard.Run(board =>
        {
            var model = options.Model(parse);
            var data = source.Open(PaperPlans.OmniglotSize(model), options.Glyphs(parse), board, cancellationToken);
            plan = options.Plan(parse, data);
            var checkpoint = options.Checkpoint(parse);
            var output = options.Common.Output(parse);
            EnsureRightFolder(checkpoint, output);
            try
            {
                result = PretrainingFolder.Complete(
                    plan, data, output, device(options.Common.Device(parse)), board, cancellationToken, checkpoint == PretrainingFolder.Newest ? null : checkpoint);
            }
            catch (OperationCanceledException)
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

    /// <exception cref="DataException">There is something to go on with and nobody said to, or the other way round.</exception>
    private static void EnsureRightFolder(string? checkpoint, string output)
    {
        using var store = new CheckpointStore(Path.Combine(output, PretrainedNetwork.CheckpointFolder));
        var newest = store.Checkpoints is [var first, ..] ? first : null;
        if (checkpoint is null && newest is not null)
        {
            throw new DataException($"{output}: there are checkpoints of an earlier run ({newest.Steps} steps). Add --resume to go on with it, or give another --out.");
        }

        if (checkpoint is not null && newest is null)
        {
            throw new DataException($"{output}: there is no checkpoint to resume from.");
        }
    }
}
