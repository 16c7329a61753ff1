using System.CommandLine;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using Zapping.CommandLine;

namespace PaperCurves.Commands;

/// <summary>transfer: networks that "pretrain" has left, which differ in their resets, to unseen classes.</summary>
internal static class TransferCommand
{
    public static Command Create()
    {
        var without = new Option<string>("--without") { Description = "Folder of a pre-training without zapping, or of one of its checkpoints.", Required = true }.Filled();
        var with = new Option<string>("--with") { Description = "Folder of a pre-training with zapping as published, or of one of its checkpoints.", Required = true }.Filled();
        var recommended = new Option<string?>("--recommended") { Description = "Folder of a pre-training with the recommended resets, or of one of its checkpoints." }.Filled();
        var resume = new Option<bool>("--resume") { Description = "Leave out what results.csv in --out has already." };
        var transfer = new TransferOptions();
        var common = new CommonOptions(Path.Combine("out", "transfer"), "results.csv, run.json and curves.png");
        var command = new Command("transfer", "Transfer pre-trained networks to unseen classes, draw the curves.") { without, with, recommended, resume };
        transfer.AddTo(command);
        common.AddTo(command);
        command.Validators.Add(transfer.EnsureSomething);
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var source = common.Prepare(parse, RunFolder.Outputs);
            var networks = new Dictionary<Arm, string> { [Arm.None] = parse.GetValue(without)!, [Arm.Zap] = parse.GetValue(with)! };
            if (parse.GetValue(recommended) is { } third)
            {
                networks.Add(Arm.Recommended, third);
            }

            var plan = PretrainedNetworks.PlanOf(networks);
            var settings = new RunSettings(
                transfer.Preset(parse), plan.Method, plan.Width, plan.Seed, common.Device(parse), common.Threads(parse), common.Output(parse),
                transfer.FirstTrial(parse), networks, parse.GetValue(resume));
            return RunCommand.Run(settings, source, PaperPlans.OmniglotSize(plan.Model), cancellationToken);
        });
        return command;
    }
}
