using System.CommandLine;
using System.Diagnostics;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// work: one work in a process of its own, so that none inherits what another did to allocator and threads; other
/// commands start it. Prints milliseconds and MiB.
/// </summary>
internal static class WorkCommand
{
    private const string Blocks = "--blocks";
    private const string Kept = "kept";
    private const string GivenBack = "given-back";

    /// <summary>Arguments of a process whose allocator gives large blocks back, which is how it comes.</summary>
    public static string[] GivingBlocksBack { get; } = [Blocks, GivenBack];

    public static Command Create()
    {
        var name = new Argument<string>("work") { Description = "Which work." };
        var blocks = WordOption.OneOf(
            Blocks, [Kept, GivenBack], Kept, "What the C library's allocator does with large blocks: kept, as in the app, or given-back, as it comes.");
        var keepWeightsEvery = Count.Option("--keep-weights-every", 1, "Inner steps between two kept weight sets of Meta-ASB.");
        name.AcceptOnlyFromAmong(ComparedWork.Names);
        var command = new Command("work", "Do one work in this process; print the median milliseconds and the peak MiB.") { name, blocks, keepWeightsEvery };
        var size = new WorkOptions(command);
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse, keepBlocks: parse.GetValue(blocks) == Kept);
            var compared = ComparedWork.Named(parse.GetValue(name)!);
            using var work = compared.Create(size.Settings(parse, parse.GetValue(keepWeightsEvery)));
            work.WarmUp();
            Console.WriteLine(new WorkMeasure(Times.Median(size.Steps(parse, compared), work.Run), PeakMiB()));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Starts this program so.</summary>
    /// <param name="work">Which work.</param>
    /// <param name="arguments">Its options.</param>
    public static WorkMeasure Start(ComparedWork work, params string[] arguments) =>
        WorkMeasure.Parse(ChildProcess.Ours(["work", work.Name, .. arguments]));

    private static double PeakMiB()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (double)(1 << 20);
    }
}
