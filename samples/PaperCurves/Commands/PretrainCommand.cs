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
internal sealed class PretrainCommand
{
    private readonly Option<string> _method = new("--method") { Description = "iid, asb or meta-asb.", DefaultValueFactory = _ => "iid" };
    private readonly Option<bool> _zap = new("--zap") { Description = "Reset rows of the classifier (the default)." };
    private readonly Option<bool> _noZap = new("--no-zap") { Description = "Do not." };
    private readonly Option<string> _model = new("--model") { Description = "convnet, anml, oml (on Omniglot at 84 pixels) or resnet18 (colour images only).", DefaultValueFactory = _ => "convnet" };
    private readonly Option<string> _preset = new("--preset") { Description = "quick: minutes, a quarter of the filters. paper: the published settings, hours on a CPU. smoke: seconds, figures mean nothing.", DefaultValueFactory = _ => "quick" };
    private readonly Option<int?> _length = new("--length") { Description = "Epochs (iid) or episodes instead of the preset's; may be raised when resuming." };
    private readonly Option<int?> _saveEvery = new("--save-every") { Description = "Steps or episodes between two checkpoints." };
    private readonly Option<int?> _width = new("--width") { Description = "Filters per convolution instead of the preset's." };
    private readonly Option<double?> _inner = new("--inner-lr") { Description = "Learning rate of the inner loop instead of the preset's." };
    private readonly Option<double?> _outer = new("--lr") { Description = "Learning rate of the optimizer, which makes the outer steps, instead of the preset's." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of initial weights, split, order, episodes and resets.", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on from the newest checkpoint in --out, or from the one of this name.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly CommonOptions _common = new(Path.Combine("out", "pretrain"), "checkpoints, episodes.csv and pretraining.json");

    public static Command Create()
    {
        var self = new PretrainCommand();
        var command = new Command("pretrain", "Pre-train one network; Ctrl-C saves, --resume goes on.");
        foreach (var option in new Option[] { self._method, self._zap, self._noZap, self._model, self._preset, self._length, self._saveEvery, self._width, self._inner, self._outer, self._seed, self._resume })
        {
            command.Options.Add(option);
        }

        self._common.AddTo(command);
        self._method.AcceptOnlyFromAmong([.. MethodNames.Keys]);
        self._model.AcceptOnlyFromAmong([.. ModelCatalog.Names]);
        self._preset.AcceptOnlyFromAmong([.. PaperPlans.Names]);
        foreach (var option in new Option[] { self._length, self._saveEvery, self._width })
        {
            option.Validators.Add(CommonOptions.AtLeastOne);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(self._zap) && result.GetValue(self._noZap))
            {
                result.AddError("--zap and --no-zap exclude each other.");
            }
        });
        command.SetAction((parse, cancellationToken) => Task.Run(() => self.RunAsync(parse, cancellationToken), CancellationToken.None));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var path = await _common.PrepareAsync(parse, cancellationToken).ConfigureAwait(false);
        var output = _common.Output(parse);
        PretrainingResult? result = null;
        ConsoleBoard.Run(board =>
        {
            var model = parse.GetValue(_model)!;
            var glyphs = Preset.All.Single(preset => preset.Name == parse.GetValue(_preset));
            var data = DataSource.Open(path, PaperPlans.OmniglotSize(model), glyphs, board, cancellationToken);
            EnsureTakes(model, data);
            result = Train(Plan(parse, data), data, Checkpoint(parse), output, device(_common.Device(parse)), board, cancellationToken);
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
        using var log = plan.Method == Method.Iid ? null : new EpisodeLog(Path.Combine(output, "episodes.csv"), run.Steps);
        if (log is not null)
        {
            run.Observe(log);
        }

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

    private PretrainingPlan Plan(ParseResult parse, ClassificationData data)
    {
        var plan = PaperPlans.For(
            parse.GetValue(_preset)!,
            MethodNames.Parse(parse.GetValue(_method)!),
            parse.GetValue(_model)!,
            !parse.GetValue(_noZap),
            data,
            parse.GetValue(_seed));
        var length = parse.GetValue(_length) ?? plan.Length;
        return plan with
        {
            Length = length,
            SaveEvery = parse.GetValue(_saveEvery) ?? Math.Min(plan.SaveEvery, Math.Max(1, length / 4)),
            Width = parse.GetValue(_width) ?? plan.Width,
            InnerLearningRate = parse.GetValue(_inner) ?? plan.InnerLearningRate,
            LearningRate = parse.GetValue(_outer) ?? plan.LearningRate,
        };
    }

    private string? Checkpoint(ParseResult parse) => parse.GetResult(_resume) is null ? null : parse.GetValue(_resume) ?? PretrainingRun.Newest;

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
        else if (PretrainedNetwork.PlanOf(newest).Essence() is var saved && saved != plan.Essence())
        {
            throw new DataException($"{output}: its checkpoints are of another run: {saved.DifferenceFrom(plan.Essence())}. Give the same options, or another --out.");
        }
    }
}
