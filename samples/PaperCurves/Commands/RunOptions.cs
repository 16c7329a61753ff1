using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PaperCurves.Experiments;

namespace PaperCurves.Commands;

/// <summary>The options of "run", and what they mean.</summary>
internal sealed class RunOptions
{
    private readonly Option<string> _preset = new("--preset")
    {
        Description = "quick: a few minutes, shows the effect. paper: the published experiment, hours on a CPU. smoke: seconds, figures mean nothing.",
        DefaultValueFactory = _ => "quick",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder with Omniglot: images_background and images_evaluation, as folders or zips. "
            + "Without it, Omniglot is taken from where --download puts it; failing that, the app draws glyphs of its own.",
    };

    private readonly Option<bool> _download = new("--download") { Description = "Fetch the public Omniglot archives first (14 MB)." };

    private readonly Option<string> _device = new("--device")
    {
        Description = "cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => "cpu",
    };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of initial weights, split, order and zaps.", DefaultValueFactory = _ => 1 };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "CPU threads.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder for results.csv, run.json, curves.png and the networks.",
        DefaultValueFactory = _ => Path.Combine("out", "run"),
    };

    private readonly Option<string?> _pretrained = new("--pretrained")
    {
        Description = "Use the networks that an earlier run left in this folder instead of pre-training.",
    };

    private readonly Option<int?> _width = new("--width") { Description = "Filters per convolution instead of the preset's." };

    private readonly Option<int?> _trials = new("--trials") { Description = "Transfer draws instead of the preset's." };

    private readonly Option<int> _firstTrial = new("--first-trial")
    {
        Description = "Number of the first transfer draw; 4 after a run of 3 trials adds new ones.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<double[]?> _iidRates = Rates("--iid-lr", "Learning rates of i.i.d. transfer instead of the preset's, comma-separated; 'none' leaves it out.");

    private readonly Option<double[]?> _headRates = Rates("--head-lr", "Learning rates of classifier-only transfer instead of the preset's, comma-separated; 'none' leaves it out.");

    public RunOptions()
    {
        _preset.AcceptOnlyFromAmong([.. Preset.All.Select(preset => preset.Name)]);
        _threads.Validators.Add(AtLeastOne);
        _width.Validators.Add(AtLeastOne);
        _trials.Validators.Add(AtLeastOne);
        _firstTrial.Validators.Add(AtLeastOne);
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _preset, _data, _download, _device, _seed, _threads, _out, _pretrained, _width, _trials, _firstTrial, _iidRates, _headRates })
        {
            command.Options.Add(option);
        }
    }

    public bool Download(ParseResult parse) => parse.GetValue(_download);

    public string? Data(ParseResult parse) => parse.GetValue(_data);

    public RunSettings Settings(ParseResult parse)
    {
        var preset = Preset.All.Single(p => string.Equals(p.Name, parse.GetValue(_preset), StringComparison.Ordinal));
        preset = preset with
        {
            Width = parse.GetValue(_width) ?? preset.Width,
            Trials = parse.GetValue(_trials) ?? preset.Trials,
            IidLearningRates = RatesOf(parse, _iidRates) ?? preset.IidLearningRates,
            HeadLearningRates = RatesOf(parse, _headRates) ?? preset.HeadLearningRates,
        };
        return new RunSettings(
            preset,
            parse.GetValue(_seed),
            parse.GetValue(_device)!,
            parse.GetValue(_threads),
            parse.GetValue(_out)!,
            parse.GetValue(_firstTrial) - 1,
            parse.GetValue(_pretrained));
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

    private static void AtLeastOne(OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value < 1)
        {
            result.AddError($"{result.Option.Name} must be at least 1.");
        }
    }
}
