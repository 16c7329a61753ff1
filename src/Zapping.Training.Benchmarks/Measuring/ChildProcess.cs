using System.Diagnostics;

namespace Zapping.Training.Benchmarks;

/// <summary>A process that prints what it measured; its errors and progress go where ours go.</summary>
internal static class ChildProcess
{
    /// <summary>This program with other arguments.</summary>
    public static string Ours(params string[] arguments)
    {
        // Where it was published there may be no dotnet, and where a test or dotnet itself runs it, the process is another's.
        var assembly = typeof(ChildProcess).Assembly;
        var own = assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : "");
        return Path.GetFileName(Environment.ProcessPath) == own
            ? Run(Environment.ProcessPath!, arguments, [])
            : Run("dotnet", [assembly.Location, .. arguments], []);
    }

    /// <param name="program">Which.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Added to that of this process.</param>
    /// <returns>All that it printed.</returns>
    /// <exception cref="MeasuringException">It could not be started, or failed.</exception>
    public static string Run(string program, string[] arguments, IEnumerable<(string Key, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Start(start);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new MeasuringException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new MeasuringException(failure.Message);
        }
    }
}
