using System.Diagnostics;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>The first python3 on the PATH that has torch, if there is one.</summary>
internal static class PyTorch
{
    private static readonly Lazy<string?> Python = new(
        () => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "python3.exe" : "python3"))
            .FirstOrDefault(python => File.Exists(python) && Start(python, "-c", "import torch").ExitCode == 0));

    /// <summary>Where it is. The test is skipped where there is none.</summary>
    public static string Interpreter
    {
        get
        {
            Assert.SkipWhen(Python.Value is null, "No python3 on the PATH has torch.");
            return Python.Value!;
        }
    }

    /// <summary>Runs a script and gives what it prints.</summary>
    public static string Run(string script, params string[] arguments)
    {
        var (exitCode, output, error) = Start(Interpreter, [script, .. arguments]);
        exitCode.Should().Be(0, error);
        return output.Trim();
    }

    private static (int ExitCode, string Output, string Error) Start(string python, params string[] arguments)
    {
        var start = new ProcessStartInfo(python, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
