using System.CommandLine;
using System.Globalization;
using PaperCurves.Experiments;

namespace PaperCurves.Commands;

/// <summary>Options that say how networks are transferred.</summary>
internal sealed class TransferOptions
{
    private readonly Option<string> _preset = new("--preset")
    {
        Description = "quick: a few minutes, shows the effect. paper: the published experiment, hours on a CPU. smoke: seconds, figures mean nothing.",
        DefaultValueFactory = _ => "quick",
    };

    private readonly Option<int?> _trials = new("--trials") { Description = "Transfer draws instead of the preset's." };

    private readonly Option<int> _firstTrial = new("--first-trial")
    {
        Description = "Number of the first transfer draw; 4 after a run of 3 trials adds new ones.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<double[]?> _iidRates = Rates("--iid-lr", "Learning rates of i.i.d. transfer instead of the preset's, comma-separated; 'none' leaves it out.");

    private readonly Option<double[]?> _headRates = Rates("--head-lr", "Learning rates of classifier-only transfer instead of the preset's, comma-separated; 'none' leaves it out.");

    public TransferOptions()
    {
        _preset.AcceptOnlyFromAmong([.. Experiments.Preset.All.Select(preset => preset.Name)]);
        _trials.Validators.Add(CommonOptions.AtLeastOne);
        _firstTrial.Validators.Add(CommonOptions.AtLeastOne);
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _preset, _trials, _firstTrial, _iidRates, _headRates })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The first transfer draw, counted from 0.</summary>
    public int FirstTrial(ParseResult parse) => parse.GetValue(_firstTrial) - 1;

    public Preset Preset(ParseResult parse)
    {
        var preset = Experiments.Preset.All.Single(p => string.Equals(p.Name, parse.GetValue(_preset), StringComparison.Ordinal));
        return preset with
        {
            Trials = parse.GetValue(_trials) ?? preset.Trials,
            IidLearningRates = RatesOf(parse, _iidRates) ?? preset.IidLearningRates,
            HeadLearningRates = RatesOf(parse, _headRates) ?? preset.HeadLearningRates,
        };
    }

    // An absent list option has an empty list for its value, which here means "none".
    private static double[]? RatesOf(ParseResult parse, Option<double[]?> option) =>
        parse.GetResult(option) is null ? null : parse.GetValue(option);

    private static Option<double[]?> Rates(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (string.Equals(text, "none", StringComparison.Ordinal))
            {
                return [];
            }

            var rates = new List<double>();
            foreach (var part in text.Split(','))
            {
                if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) || !(rate > 0) || !double.IsFinite(rate))
                {
                    result.AddError($"{name}: '{part}' is not a learning rate; give numbers above 0, such as 1e-4,1e-3, or none.");
                    return null;
                }

                rates.Add(rate);
            }

            return [.. rates];
        },
    };
}
