using System.Diagnostics;

namespace Samples.Tests;

/// <summary>Runs a sample as a user would, in a process of its own.</summary>
internal static class Sample
{
    public static (int ExitCode, string Output, string Errors) Run(string name, params string[] arguments) => RunIn(folder: "", name, arguments);

    /// <summary>Runs it in a folder; an empty name is the one that the tests run in.</summary>
    public static (int ExitCode, string Output, string Errors) RunIn(string folder, string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.ReplaceLineEndings("\n"), errors.GetAwaiter().GetResult());
    }

    /// <summary>The lines of a run that went well.</summary>
    public static string[] Lines(string name, params string[] arguments)
    {
        var (exitCode, output, errors) = Run(name, arguments);
        return exitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"{name} ended with {exitCode}. {errors}");
    }
}
