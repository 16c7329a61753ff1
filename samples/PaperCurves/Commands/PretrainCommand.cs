using System.CommandLine;
using System.Text.Json;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Models;
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
        PretrainingResult? result = null;
        ConsoleBoard.Run(board =>
        {
            var model = options.Model(parse);
            var data = source.Open(PaperPlans.OmniglotSize(model), options.Glyphs(parse), board, cancellationToken);
            EnsureTakes(model, data);
            result = Train(
                options.Plan(parse, data), data, options.Checkpoint(parse), options.Common.Output(parse), device(options.Common.Device(parse)), board, cancellationToken);
        });
        if (result is null)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Interrupted.[/] Everything is saved; the same command with --resume goes on.");
            return ExitCodes.Interrupted;
        }

        AnsiConsole.Write(ResultsTable.OfPretraining([result]));
        return ExitCodes.Done;
    }

    /// <returns>Null if interrupted.</returns>
    private static PretrainingResult? Train(
        PretrainingPlan plan, ClassificationData data, string? checkpoint, string output, Device device, IProgressBoard board, CancellationToken cancellationToken)
    {
        using var store = new CheckpointStore(
            Path.Combine(output, PretrainedNetwork.CheckpointFolder),
            new CheckpointRetention { Milestones = [plan.Length / 4, plan.Length / 2] });
        store.SaveFailed += failure => AnsiConsole.MarkupLineInterpolated($"[yellow]A checkpoint could not be saved; training goes on.[/] {failure.Message}");
        EnsureRightFolder(plan, store, checkpoint, output);
        using var split = new PretrainingSplit(data, plan, device);
        using var run = new PretrainingRun(plan, split, device);
        run.UseCheckpoints(store, checkpoint);
        using var log = run.Log(output);
        try
        {
            var result = run.Train(board, cancellationToken);
            run.Save(store, result);
            File.WriteAllText(Path.Combine(output, "pretraining.json"), JsonSerializer.Serialize(PretrainingRecord.Of(plan, data, result), Json.Options));
            return result;
        }
        catch (OperationCanceledException)
        {
            run.Save(store);
            return null;
        }
    }

    /// <exception cref="DataException">The model is not made for such images.</exception>
    private static void EnsureTakes(string model, ClassificationData data)
    {
        if (!ModelCatalog.Takes(model, data.Size, data.Channels))
        {
            throw new DataException(
                $"{data.Name}: the model '{model}' takes images of {ModelCatalog.ImagesOf(model)}, not {data.Size}x{data.Size} with {data.Channels}.");
        }
    }

    /// <exception cref="DataException">The folder's checkpoints are not this run's, or would be mixed up with it.</exception>
    private static void EnsureRightFolder(PretrainingPlan plan, CheckpointStore store, string? checkpoint, string output)
    {
        var newest = store.Checkpoints is [var first, ..] ? first : null;
        if (checkpoint is null)
        {
            if (newest is not null)
            {
                throw new DataException($"{output}: there are checkpoints of an earlier run ({newest.Steps} steps). Add --resume to go on with it, or give another --out.");
            }
        }
        else if (newest is null)
        {
            throw new DataException($"{output}: there is no checkpoint to resume from.");
        }
        else
        {
            PretrainedNetwork.EnsureOf(plan, newest, output);
        }
    }
}
