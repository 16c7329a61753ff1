using System.CommandLine;
using MathNet.Numerics.Statistics;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>overhead: what the trainer adds to a bare loop, and what each policy of every step adds to the trainer.</summary>
internal static class OverheadCommand
{
    public static Command Create()
    {
        var repetitions = Count.Option("--repetitions", 15, "How often both are done at least, in turn.");
        var width = Count.Option("--width", 256, "Filters per convolution.");
        var policies = new Option<bool>("--policies") { Description = "Compare instead a trainer's step with each policy that does something at every step, and without." };
        var command = new Command("overhead", "Compare the trainer with a bare loop: 20 images of a class, one by one, and a reset of its row.") { repetitions, width, policies };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            if (parse.GetValue(policies))
            {
                return OfPolicies(parse.GetValue(width), parse.GetValue(repetitions));
            }

            Markdown.Header("observers", "bare loop", "trainer", "overhead (quartiles)", "overhead an image");
            foreach (var (observers, looks) in new[] { (0, true), (0, false), (1, true), (10, true) })
            {
                using var images = ClassOfImages.OfConvnet(parse.GetValue(width), observers, looks);
                var overhead = Overhead.Of(images, parse.GetValue(repetitions));
                Markdown.Row(
                    looks ? $"{observers}" : $"{observers}, gradients not looked at",
                    Markdown.Time(overhead.Bare.Median()),
                    Markdown.Time(overhead.Trainer.Median()),
                    Markdown.Middle(overhead.Fractions, Markdown.Percent),
                    Markdown.Time(overhead.PerImage));
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static int OfPolicies(int width, int repetitions)
    {
        Markdown.Header("network", "policy", "step without", "step with", "difference", "in parts of the step (quartiles)");
        foreach (var network in PolicyStep.Networks)
        {
            foreach (var policy in StepPolicies.All.Keys)
            {
                using var without = new PolicyStep(network, width, PolicyStep.None);
                using var with = new PolicyStep(network, width, policy);
                var (plain, own) = Times.InTurn(repetitions, without.Run, with.Run);
                Markdown.Row(
                    network,
                    policy,
                    Markdown.Time(plain.Median()),
                    Markdown.Time(own.Median()),
                    Markdown.Time(own.Zip(plain, (with, without) => with - without).Median()),
                    Markdown.Middle([.. own.Zip(plain, (with, without) => (with / without) - 1)], Markdown.Percent));
            }
        }

        return ExitCodes.Done;
    }
}
