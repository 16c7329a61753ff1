using System.Diagnostics;

namespace PaperCurves.Tests.Commands;

/// <summary>The app as its users start it: a process, with its output folder in a temporary place.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-");

    public string Folder => _folder.FullName;

    public string Output => Path.Combine(_folder.FullName, "out");

    public (int ExitCode, string Text) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text + errors.Result);
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PaperCurves.dll"), .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
