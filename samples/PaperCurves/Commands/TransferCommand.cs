using System.CommandLine;
using PaperCurves.CommandLine;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;

namespace PaperCurves.Commands;

/// <summary>transfer: two networks that "pretrain" has left, one without and one with zapping, to unseen classes.</summary>
internal static class TransferCommand
{
    public static Command Create()
    {
        var without = new Option<string>("--without") { Description = "Folder of a pre-training without zapping, or of one of its checkpoints.", Required = true }.Filled();
        var with = new Option<string>("--with") { Description = "Folder of a pre-training with zapping, or of one of its checkpoints.", Required = true }.Filled();
        var resume = new Option<bool>("--resume") { Description = "Leave out what results.csv in --out has already." };
        var transfer = new TransferOptions();
        var common = new CommonOptions(Path.Combine("out", "transfer"), "results.csv, run.json and curves.png");
        var command = new Command("transfer", "Transfer two pre-trained networks to unseen classes, draw the curves.") { without, with, resume };
        transfer.AddTo(command);
        common.AddTo(command);
        CommandAction.Of(command, (parse, cancellationToken) =>
        {
            var source = common.Prepare(parse);
            var pair = new PretrainedPair(parse.GetValue(without)!, parse.GetValue(with)!);
            var plan = PlanOf(pair);
            var settings = new RunSettings(
                transfer.Preset(parse), plan.Method, plan.Width, plan.Seed, common.Device(parse), common.Threads(parse), common.Output(parse),
                transfer.FirstTrial(parse), pair, parse.GetValue(resume));
            return RunCommand.Run(settings, source, PaperPlans.OmniglotSize(plan.Model), cancellationToken);
        });
        return command;
    }

    private static PretrainingPlan PlanOf(PretrainedPair pair)
    {
        var (without, with) = (PretrainedNetwork.PlanOf(pair.Without), PretrainedNetwork.PlanOf(pair.With));
        return without.Essence() == with.Essence() with { Zap = without.Zap, InnerLearningRate = without.InnerLearningRate, LearningRate = without.LearningRate }
            ? without
            : throw new DataException($"{pair.Without} and {pair.With}: the networks differ in more than zapping and learning rates, so they cannot be compared.");
    }
}
