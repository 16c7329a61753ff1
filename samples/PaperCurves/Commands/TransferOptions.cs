using System.CommandLine;
using System.CommandLine.Parsing;
using PaperCurves.Sweeps;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>Options that say how networks are transferred.</summary>
internal sealed class TransferOptions
{
    private const int MostTrials = 1000;

    private readonly Option<string> _preset = WordOption.OneOf(
        "--preset",
        [.. Sweeps.Preset.All.Select(preset => preset.Name)],
        "quick",
        "quick: a few minutes, shows the effect. paper: the published experiment, hours on a CPU. smoke: seconds, figures mean nothing.");

    private readonly Option<int?> _trials = NumberOption.OptionalInteger("--trials", "Transfer draws instead of the preset's.", most: MostTrials);

    private readonly Option<int> _firstTrial = NumberOption.Integer(
        "--first-trial", "Number of the first transfer draw; 4 with --resume adds new ones to a run of 3 trials.", otherwise: 1);

    private readonly Option<double[]?> _iidRates = NumberOption.Rates(
        "--iid-lr", "Learning rates of i.i.d. transfer instead of the preset's, comma-separated; 'none' leaves it out.");

    private readonly Option<double[]?> _headRates = NumberOption.Rates(
        "--head-lr", "Learning rates of classifier-only transfer instead of the preset's, comma-separated; 'none' leaves it out.");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _preset, _trials, _firstTrial, _iidRates, _headRates })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            foreach (var option in new Option[] { _trials, _firstTrial }.Where(option => LeavesOutAll(result) && result.IsGiven(option)))
            {
                result.AddError($"{option.Name} is for transfers, and --iid-lr none --head-lr none leave out all of them. Leave it out, or give learning rates.");
            }
        });
    }

    /// <summary>For commands that only transfer: refuses to leave out both transfers.</summary>
    public void EnsureSomething(CommandResult result)
    {
        if (LeavesOutAll(result))
        {
            result.AddError("--iid-lr none and --head-lr none leave nothing to do. Give learning rates for one of them.");
        }
    }

    /// <summary>The first transfer draw, counted from 0.</summary>
    public int FirstTrial(ParseResult parse) => parse.GetValue(_firstTrial) - 1;

    public Preset Preset(ParseResult parse)
    {
        var preset = Sweeps.Preset.All.Single(p => string.Equals(p.Name, parse.GetValue(_preset), StringComparison.Ordinal));
        return preset with
        {
            Trials = parse.GetValue(_trials) ?? preset.Trials,
            IidLearningRates = RatesOf(parse, _iidRates) ?? preset.IidLearningRates,
            HeadLearningRates = RatesOf(parse, _headRates) ?? preset.HeadLearningRates,
        };
    }

    private bool LeavesOutAll(CommandResult result) => new[] { _iidRates, _headRates }.All(option => result.GetResult(option) is { Tokens: [{ Value: NumberOption.None }] });

    // An absent list option has an empty list for its value, which here means "none".
    private static double[]? RatesOf(ParseResult parse, Option<double[]?> option) =>
        parse.GetResult(option) is null ? null : parse.GetValue(option);
}
