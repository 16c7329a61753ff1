using System.CommandLine;
using System.Globalization;
using MathNet.Numerics.Statistics;
using PaperCurves.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// arena: steps and episodes on a thread of the pool, where hosted services train, and by <see cref="NativeAllocator.RunAsync{TResult}"/>, in turn; with
/// page faults. On Linux.
/// </summary>
internal static class ArenaCommand
{
    private const int WarmUp = 3;

    public static Command Create()
    {
        var rounds = Count.Option("--rounds", 5, "Rounds of each.");
        var width = Count.Option("--width", 128, "Filters per convolution.");
        var command = new Command("arena", "Compare training on a thread of the pool with NativeAllocator.RunAsync, in time and page faults.") { rounds, width };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            Markdown.Header("work", "filters", "thread of the pool", "RunAsync", "pool / RunAsync", "page faults, pool", "page faults, RunAsync");
            var filters = parse.GetValue(width);
            Compare("i.i.d. step of 256 images", StepWork.Iid(filters));
            Compare("ASB episode", EpisodeWork.Asb(filters));
            Compare("Meta-ASB episode", EpisodeWork.MetaAsb(filters));
            return ExitCodes.Done;

            void Compare(string name, Work work)
            {
                using var piece = work;
                var (pool, arena) = (new List<(double Time, long Faults)>(), new List<(double Time, long Faults)>());
                for (var i = 0; i < WarmUp + parse.GetValue(rounds); i++)
                {
                    pool.Add(Task.Run(() => Measure(piece)).GetAwaiter().GetResult());
                    arena.Add(NativeAllocator.RunAsync(() => Measure(piece)).GetAwaiter().GetResult());
                }

                pool.RemoveRange(0, WarmUp);
                arena.RemoveRange(0, WarmUp);
                Markdown.Row(
                    name,
                    $"{filters}",
                    Markdown.Time(pool.Select(round => round.Time).Median()),
                    Markdown.Time(arena.Select(round => round.Time).Median()),
                    Markdown.Spread([.. pool.Zip(arena, (there, here) => there.Time / here.Time)], Markdown.Ratio),
                    $"{pool.Select(round => (double)round.Faults).Median():f0}",
                    $"{arena.Select(round => (double)round.Faults).Median():f0}");
            }
        });
        return command;
    }

    private static (double Time, long Faults) Measure(Work work)
    {
        var before = MinorFaults();
        return (Times.Of(work.Run), MinorFaults() - before);
    }

    // The eighth field after the name, which is in brackets.
    private static long MinorFaults()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }
}
