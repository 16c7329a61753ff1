using System.Diagnostics;

namespace PaperCurves.Tests.Commands;

/// <summary>The app as its users start it: a process, with its output folder in a temporary place.</summary>
internal sealed class AppProcess : IDisposable
{
    // Of the signals that shells and nohup have their children ignore.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-");

    public string Folder => _folder.FullName;

    public string Output => Path.Combine(_folder.FullName, "out");

    /// <param name="process">What is told to end.</param>
    /// <param name="signal">As its name without "SIG".</param>
    public static void Send(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public (int ExitCode, string Text) Run(params string[] arguments)
    {
        var (exitCode, output, errors) = RunApart(arguments);
        return (exitCode, output + errors);
    }

    public (int ExitCode, string Output, string Errors) RunApart(params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, WithoutNoise(errors.Result));
    }

    // libtorch's word on processors for which NNPACK is not made.
    private static string WithoutNoise(string errors) =>
        string.Concat(errors.Split('\n').Where(line => !line.Contains("NNPACK", StringComparison.Ordinal)).Select(line => line + "\n")).TrimEnd('\n') + "\n";

    public Process Start(params string[] arguments) => Start("dotnet", [Dll, .. arguments]);

    /// <summary>Starts it from a shell, which may lead its output elsewhere.</summary>
    public Process StartInShell(string commandLine) => Start("sh", ["-c", $"exec dotnet '{Dll}' {commandLine}"]);

    private static string Dll => Path.Combine(AppContext.BaseDirectory, "PaperCurves.dll");

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GITHUB_ACTIONS"] = "true"; // a build server, for which Spectre.Console writes colors into files
        start.Environment["TERM"] = "xterm-256color";
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
