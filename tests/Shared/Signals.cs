using Xunit;

namespace Zapping.Training.Tests.Shared;

/// <summary>Whether signals reach the processes that tests start.</summary>
internal static class Signals
{
    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal) { ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3 };

    /// <summary>
    /// Skips a test where a signal would not reach a process: a shell without job control starts what it puts in the
    /// background with SIGINT ignored, and processes hand that on to their children.
    /// </summary>
    /// <param name="signal">"INT", "TERM", "HUP" or "QUIT".</param>
    public static void SkipUnlessReachedBy(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends signals");
        const string Status = "/proc/self/status";
        if (Numbers.TryGetValue(signal, out var number) && File.Exists(Status))
        {
            var ignored = File.ReadLines(Status).Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1];
            Assert.SkipWhen((Convert.ToUInt64(ignored, 16) & (1u << (number - 1))) != 0, $"this process was started with SIG{signal} ignored");
        }
    }
}
