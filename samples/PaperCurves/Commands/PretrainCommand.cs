using System.CommandLine;
using PaperCurves.CommandLine;
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
        CommandAction.Of(command, (parse, cancellationToken) => Run(options, parse, cancellationToken));
        return command;
    }

    private static int Run(PretrainOptions options, ParseResult parse, CancellationToken cancellationToken)
    {
        var source = options.Common.Prepare(parse);
        var checkpoint = options.Checkpoint(parse);
        var output = options.Common.Output(parse);
        EnsureRightFolder(checkpoint, output);
        PretrainingPlan? plan = null;
        PretrainingResult? result = null;
        ConsoleBoard.Run(board =>
        {
            var model = options.Model(parse);
            var data = source.Open(PaperPlans.OmniglotSize(model), options.Glyphs(parse), board, cancellationToken);
            plan = options.Plan(parse, data);
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
        var checkpoints = Path.Combine(output, PretrainedNetwork.CheckpointFolder);
        var newest = Directory.Exists(checkpoints) ? NewestIn(checkpoints) : null;
        if (checkpoint is null && newest is not null)
        {
            throw new DataException($"{output}: there are checkpoints of an earlier run ({newest.Steps} steps). Add --resume to go on with it, or give another --out.");
        }

        if (checkpoint is not null && newest is null)
        {
            throw new DataException($"{output}: there is no checkpoint to resume from.");
        }

        if (checkpoint is not null and not PretrainingFolder.Newest && (Path.GetFileName(checkpoint) != checkpoint || !Directory.Exists(Path.Combine(checkpoints, checkpoint))))
        {
            throw new DataException($"{output}: the checkpoint '{checkpoint}' is not there; the newest is '{newest!.Name}'.");
        }
    }

    private static Checkpoint? NewestIn(string checkpoints)
    {
        using var store = new CheckpointStore(checkpoints);
        return store.Checkpoints is [var first, ..] ? first : null;
    }
}
