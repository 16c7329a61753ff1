using System.CommandLine;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>The options of "run", and what they mean.</summary>
internal sealed class RunOptions
{
    private readonly TransferOptions _transfer = new();

    private readonly Option<ulong> _seed = NumberOption.Seed("--seed", "Seed of initial weights, split, order and zaps.");

    private readonly Option<string?> _pretrained = new Option<string?>("--pretrained")
    {
        Description = "Use the networks that an earlier run left in this folder instead of pre-training, so without --seed and --width.",
    }.Filled();

    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with what an interrupted run has left in --out." };

    private readonly Option<int?> _width = PretrainOptions.Width();

    public CommonOptions Common { get; } = new(Path.Combine("out", "run"), "results.csv, run.json, curves.png and the networks");

    public void AddTo(Command command)
    {
        _transfer.AddTo(command);
        Common.AddTo(command);
        command.Options.Add(_seed);
        command.Options.Add(_pretrained);
        command.Options.Add(_width);
        command.Options.Add(_resume);
        command.Validators.Add(result =>
        {
            if (!result.IsGiven(_pretrained))
            {
                return;
            }

            foreach (var option in new Option[] { _seed, _width }.Where(result.IsGiven))
            {
                result.AddError($"{option.Name} is for pre-training, and --pretrained takes networks that are there, with the seed and the width that they have. Leave one of the two out.");
            }

            _transfer.EnsureSomething(result);
        });
    }

    public RunSettings Settings(ParseResult parse) => new(
        _transfer.Preset(parse),
        Method.Iid,
        parse.GetValue(_width),
        parse.GetValue(_seed),
        Common.Device(parse),
        Common.Threads(parse),
        Common.Output(parse),
        _transfer.FirstTrial(parse),
        parse.GetValue(_pretrained) is { } folder ? PretrainedNetworks.Of(folder) : null,
        parse.GetValue(_resume));
}
