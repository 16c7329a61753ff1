using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Zapping.Training.Benchmarks.Compare;

/// <summary>
/// Runs our process and the PyTorch script in turn, so that a drift of the machine's speed meets both, and prints
/// the ratio of each pair: compare [--python PATH] [--rounds N] [--threads N] [--steps N] [--width N].
/// </summary>
internal static class Comparison
{
    // What our app does by itself: glibc's allocator told to keep large blocks, which PyTorch gains from as much.
    private static readonly (string Key, string Value)[] KeepLargeBlocks =
    [
        ("MALLOC_MMAP_THRESHOLD_", "1073741824"), ("MALLOC_TRIM_THRESHOLD_", "2147483647"), ("MALLOC_TOP_PAD_", "67108864"),
    ];

    public static int Run(string[] args)
    {
        var python = Option(args, "--python", "/usr/bin/python3");
        var rounds = int.Parse(Option(args, "--rounds", "3"), CultureInfo.InvariantCulture);
        string[] work = [Option(args, "--threads", "2"), Option(args, "--steps", "5"), Option(args, "--width", "256")];
        var script = Path.Combine(AppContext.BaseDirectory, "Compare", "iid_step.py");
        var self = Environment.ProcessPath!;

        Console.WriteLine($"i.i.d. step, 256 images, width {work[2]}, {work[0]} threads, median of {work[1]} steps per run (ms)");
        Console.WriteLine("allocator      ours   PyTorch   PyTorch/ours");
        foreach (var (title, environment) in new[] { ("as they come", []), ("both keep", KeepLargeBlocks) })
        {
            var ratios = new List<double>();
            for (var round = 0; round < rounds; round++)
            {
                var ours = Measure(self, ["iid-step", .. work], []);
                var theirs = Measure(python, [script, .. work], environment);
                ratios.Add(theirs / ours);
                Print($"{title,-12} {ours,7:f0} {theirs,9:f0} {theirs / ours,14:f2}");
            }

            Print($"{"",-12} {"",7} {"median",9} {ratios.Median(),14:f2} ({ratios.Min():f2} to {ratios.Max():f2})");
        }

        return 0;
    }

    private static double Measure(string program, string[] arguments, (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output.Trim(), CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static string Option(string[] args, string name, string otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
