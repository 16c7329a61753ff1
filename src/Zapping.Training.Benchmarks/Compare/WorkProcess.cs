using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.Statistics;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks.Compare;

/// <summary>What a process that did some work prints.</summary>
/// <param name="Milliseconds">Median of one piece of work, after one to warm up.</param>
/// <param name="PeakMiB">The most memory the process had resident; 0 if it does not know.</param>
internal readonly record struct WorkMeasure(double Milliseconds, double PeakMiB);

/// <summary>Work in a process of its own, so that none inherits what another did to allocator and threads.</summary>
internal static class WorkProcess
{
    /// <summary>
    /// The process: work [--work NAME] [--threads N] [--steps N] [--width N] [--keep-weights-every N] [--blocks kept].
    /// </summary>
    public static int Run(string[] args)
    {
        var options = new Options(args);
        AppContext.SetSwitch(NativeAllocator.SwitchName, options.Text("--blocks", "kept") == "kept");
        NativeAllocator.KeepLargeBlocks();
        set_num_threads(options.Number("--threads", 2));
        using var work = new Workload(
            options.Text("--work", "iid"), options.Number("--width", 256), options.Number("--keep-weights-every", 1));
        work.Run();
        var times = new List<double>();
        for (var step = 0; step < options.Number("--steps", 5); step++)
        {
            var started = Stopwatch.GetTimestamp();
            work.Run();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        using var process = Process.GetCurrentProcess();
        Options.Print($"{times.Median():f1} {process.PeakWorkingSet64 / (double)(1 << 20):f0}");
        return 0;
    }

    /// <summary>Runs this program so.</summary>
    /// <param name="arguments">See <see cref="Run"/>.</param>
    public static WorkMeasure Ours(params string[] arguments) => Start(Environment.ProcessPath!, ["work", .. arguments], []);

    /// <summary>Runs a program that prints milliseconds and MiB.</summary>
    /// <param name="program">Which.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Added to that of this process.</param>
    public static WorkMeasure Start(string program, string[] arguments, (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        }

        var numbers = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new WorkMeasure(numbers[0], numbers[1]);
    }
}
