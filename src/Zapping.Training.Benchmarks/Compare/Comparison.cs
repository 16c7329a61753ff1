using MathNet.Numerics.Statistics;

namespace Zapping.Training.Benchmarks.Compare;

/// <summary>
/// Runs our process and the PyTorch script in turn, so that a drift of the machine's speed meets both, and prints
/// the ratio of each pair:
/// compare [--work iid|asb|meta-asb] [--python PATH] [--rounds N] [--threads N] [--steps N] [--width N].
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
        var options = new Options(args);
        var work = options.Text("--work", "iid");
        var python = options.Text("--python", "/usr/bin/python3");
        var (threads, steps, width) =
            (options.Text("--threads", "2"), options.Text("--steps", "5"), options.Text("--width", "256"));
        var (script, title) = work switch
        {
            "iid" => ("iid_step.py", "i.i.d. step, 256 images"),
            "asb" => ("asb_episode.py", "ASB episode, 20 images and a batch of 84"),
            "meta-asb" => ("meta_asb_episode.py", "Meta-ASB episode, 20 images and a batch of 84"),
            _ => throw new ArgumentException($"There is no script for '{work}', but for {string.Join(", ", Workload.Names)}.", nameof(args)),
        };
        script = Path.Combine(AppContext.BaseDirectory, "Compare", script);

        Console.WriteLine($"{title}, width {width}, {threads} threads, median of {steps} per run (ms), peak memory (MiB)");
        Console.WriteLine("allocator      ours   PyTorch   PyTorch/ours   our peak   PyTorch's");
        foreach (var (allocator, environment) in new[] { ("as they come", []), ("both keep", KeepLargeBlocks) })
        {
            var ratios = new List<double>();
            for (var round = 0; round < options.Number("--rounds", 3); round++)
            {
                var ours = WorkProcess.Ours("--work", work, "--threads", threads, "--steps", steps, "--width", width);
                var theirs = WorkProcess.Start(python, [script, threads, steps, width], environment);
                ratios.Add(theirs.Milliseconds / ours.Milliseconds);
                Options.Print(
                    $"{allocator,-12} {ours.Milliseconds,7:f0} {theirs.Milliseconds,9:f0} {ratios[^1],14:f2} {ours.PeakMiB,10:f0} {theirs.PeakMiB,11:f0}");
            }

            Options.Print($"{"",-12} {"",7} {"median",9} {ratios.Median(),14:f2} ({ratios.Min():f2} to {ratios.Max():f2})");
        }

        return 0;
    }
}
