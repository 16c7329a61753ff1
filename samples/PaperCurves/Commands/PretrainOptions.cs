using System.CommandLine;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Zapping.CommandLine;
using Zapping.Datasets;
using Zapping.Models;

namespace PaperCurves.Commands;

/// <summary>The options of "pretrain", and what they mean.</summary>
internal sealed class PretrainOptions
{
    private const int MostFilters = 4096;

    private readonly Option<string> _method = WordOption.OneOf("--method", MethodNames.Keys, "iid", "iid, asb or meta-asb.");
    private readonly Option<bool> _zap = new("--zap") { Description = "Reset rows of the classifier as published (the default)." };
    private readonly Option<bool> _recommended = new("--recommended") { Description = "Reset them as ZapOptions.Recommended does (iid only)." };
    private readonly Option<bool> _noZap = new("--no-zap") { Description = "Reset nothing." };
    private readonly Option<string> _model = WordOption.OneOf("--model", ModelCatalog.Names, "convnet", "convnet, anml, oml (on Omniglot at 84 pixels) or resnet18 (color images only).");
    private readonly Option<string> _preset = WordOption.OneOf("--preset", PaperPlans.Names, "quick", "quick: minutes, a quarter of the filters. paper: the published settings, hours on a CPU. smoke: seconds, figures mean nothing.");
    private readonly Option<int?> _length = NumberOption.OptionalInteger("--length", "Epochs (iid) or episodes instead of the preset's; may be raised when resuming.");
    private readonly Option<int?> _saveEvery = NumberOption.OptionalInteger("--save-every", "Steps or episodes between two checkpoints.");
    private readonly Option<int?> _width = Width();
    private readonly Option<double?> _inner = NumberOption.Rate("--inner-lr", "Learning rate of the inner loop instead of the preset's (asb and meta-asb only).");
    private readonly Option<double?> _outer = NumberOption.Rate("--lr", "Learning rate of the optimizer, which makes the outer steps, instead of the preset's.");
    private readonly Option<ulong> _seed = NumberOption.Seed("--seed", "Seed of initial weights, split, order, episodes and resets.");
    private readonly Option<string?> _resume = new Option<string?>("--resume")
    {
        Description = "Go on from the newest checkpoint in --out, or from the one of this name.",
        Arity = ArgumentArity.ZeroOrOne,
    }.Filled();

    public CommonOptions Common { get; } = new(Path.Combine("out", "pretrain"), "checkpoints, episodes.csv and pretraining.json");

    public void AddTo(Command command)
    {
        Option[] own = [_method, _zap, _recommended, _noZap, _model, _preset, _length, _saveEvery, _width, _inner, _outer, _seed, _resume];
        foreach (var option in own)
        {
            command.Options.Add(option);
        }

        Common.AddTo(command);
        command.Validators.Add(result =>
        {
            if (new[] { _zap, _recommended, _noZap }.Count(result.GetValue) > 1)
            {
                result.AddError("--zap, --recommended and --no-zap exclude each other.");
            }

            // These resets are of the whole classifier; an episode resets the row of its class. Defaults are not known to validators.
            if (result.GetValue(_recommended) && result.GetValue(_method) is { } method && method != Method.Iid.Key())
            {
                result.AddError("--recommended is for --method iid.");
            }

            if (result.IsGiven(_inner) && (result.GetValue(_method) ?? Method.Iid.Key()) == Method.Iid.Key())
            {
                result.AddError($"{_inner.Name} is for --method asb and meta-asb: training in batches ({Method.Iid.Key()}) has no inner loop. Leave it out; --lr is the learning rate of the optimizer.");
            }
        });
    }

    /// <summary>The option that says how wide networks are.</summary>
    public static Option<int?> Width() => NumberOption.OptionalInteger("--width", "Filters per convolution instead of the preset's.", most: MostFilters);

    public string Model(ParseResult parse) => parse.GetValue(_model)!;

    /// <summary>How many classes of glyphs to draw where there is no data.</summary>
    public Preset Glyphs(ParseResult parse) => Preset.All.Single(preset => preset.Name == parse.GetValue(_preset));

    /// <summary>The preset's plan for the data, with what was asked for instead.</summary>
    public PretrainingPlan Plan(ParseResult parse, ClassificationData data)
    {
        var plan = PaperPlans.For(
            parse.GetValue(_preset)!,
            MethodNames.Parse(parse.GetValue(_method)!),
            Model(parse),
            ArmOf(parse) != Arm.None,
            data,
            parse.GetValue(_seed)).Resetting(ArmOf(parse));
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

    private Arm ArmOf(ParseResult parse) =>
        parse.GetValue(_noZap) ? Arm.None : parse.GetValue(_recommended) ? Arm.Recommended : Arm.Zap;

    /// <summary>Name of the checkpoint to go on from; null to begin anew.</summary>
    public string? Checkpoint(ParseResult parse) => parse.GetResult(_resume) is null ? null : parse.GetValue(_resume) ?? PretrainingFolder.Newest;
}
