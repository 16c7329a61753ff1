using System.CommandLine;
using System.Globalization;
using MathNet.Numerics.Statistics;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// arena: a work on a thread of the pool, where hosted services train, and by <see cref="NativeAllocator.RunAsync{TResult}"/>, in processes in
/// turn, as a process that has used one of them is no longer as it was. Time and page faults; on Linux.
/// </summary>
internal static class ArenaCommand
{
    private const string Both = "both";
    private const string Pool = "pool";
    private const string RunAsync = "run-async";

    public static Command Create()
    {
        var on = WordOption.OneOf("--on", [Both, Pool, RunAsync], Both, "pool or run-async: measure only that, in this process, and print milliseconds and page faults.");
        var name = WordOption.OneOf("--work", ["iid", "asb", "meta-asb"], "iid", "Which work.");
        var rounds = Count.Option("--rounds", 3, "Pairs of processes.");
        var command = new Command("arena", "Compare training on a thread of the pool with NativeAllocator.RunAsync, in time and page faults.") { on, name, rounds };
        var size = new WorkOptions(command);
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            var work = ComparedWork.Named(parse.GetValue(name)!);
            if (parse.GetValue(on) != Both)
            {
                machine.SetUp(parse);
                Console.WriteLine(Measure(() => work.Create(size.Settings(parse, 1)), size.Steps(parse, work), parse.GetValue(on)!));
                return ExitCodes.Done;
            }

            string[] arguments = ["--work", work.Name, .. machine.Arguments(parse), .. size.Arguments(parse, work)];
            var pairs = Enumerable.Range(0, parse.GetValue(rounds)).Select(_ => (Pool: Start(Pool), RunAsync: Start(RunAsync))).ToList();
            Markdown.Header("work", "filters", "thread of the pool", "RunAsync", "pool / RunAsync", "page faults, pool", "page faults, RunAsync");
            Markdown.Row(
                work.Title,
                $"{size.Settings(parse, 1).Width}",
                Markdown.Times(pairs.Select(pair => pair.Pool.Milliseconds)),
                Markdown.Times(pairs.Select(pair => pair.RunAsync.Milliseconds)),
                Markdown.Spread([.. pairs.Select(pair => pair.Pool.Milliseconds / pair.RunAsync.Milliseconds)], Markdown.Ratio),
                $"{pairs.Select(pair => (double)pair.Pool.Faults).Median():f0}",
                $"{pairs.Select(pair => (double)pair.RunAsync.Faults).Median():f0}");
            return ExitCodes.Done;

            ArenaMeasure Start(string where) => ArenaMeasure.Parse(ChildProcess.Ours(["arena", "--on", where, .. arguments]));
        });
        return command;
    }

    // Everything on that thread, the model too, as in a service.
    private static ArenaMeasure Measure(Func<Work> create, int steps, string where)
    {
        var measure = () =>
        {
            using var work = create();
            work.WarmUp();
            work.Run();
            var faults = new List<double>();
            var time = Times.Median(steps, () =>
            {
                var before = MinorFaults();
                work.Run();
                faults.Add(MinorFaults() - before);
            });
            return new ArenaMeasure(time, (long)faults.Median());
        };
        return (where == Pool ? Task.Run(measure) : NativeAllocator.RunAsync(measure)).GetAwaiter().GetResult();
    }

    // The eighth field after the name, which is in brackets.
    private static long MinorFaults()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }

    /// <summary>What a process of one kind prints.</summary>
    private readonly record struct ArenaMeasure(double Milliseconds, long Faults)
    {
        public static ArenaMeasure Parse(string printed)
        {
            var numbers = printed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return new(double.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[1], CultureInfo.InvariantCulture));
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds:f4} {Faults}");
    }
}
