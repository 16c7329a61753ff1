using System.Diagnostics;
using System.Globalization;
using CheckpointVictim;
using FluentAssertions;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A process that trains and saves until it is killed.</summary>
internal sealed class VictimProcess : IDisposable
{
    private readonly Process _process;

    public VictimProcess(VictimMethod method, string folder) => _process = Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "CheckpointVictim.dll"), method.ToString(), folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // A hundred of them live for seconds only: they need no profiles of their code, and no look at convolutions, of which they have none.
            Environment = { ["DOTNET_TieredPGO"] = "0", ["ZAPPING_CONVOLUTION_GUARD"] = "off" },
        })!;

    /// <summary>Its id, once it has saved and so has its store open.</summary>
    public int IdAfterFirstSave()
    {
        _process.StandardOutput.ReadLine().Should().StartWith("saved ");
        return _process.Id;
    }

    /// <summary>Kills it some time after its first save.</summary>
    /// <returns>The step of the last save from which it returned.</returns>
    public long KillAfterFirstSave(TimeSpan delay)
    {
        var line = _process.StandardOutput.ReadLine();
        Thread.Sleep(delay);
        if (line is null || _process.HasExited)
        {
            throw new InvalidOperationException($"It ended before it was killed. {_process.StandardError.ReadToEnd()}");
        }

        Kill();

        // The lines that were written before are still in the pipe.
        var saved = 0L;
        for (; line is not null; line = _process.StandardOutput.ReadLine())
        {
            saved = long.Parse(line.AsSpan("saved ".Length), CultureInfo.InvariantCulture);
        }

        return saved;
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Kill()
    {
        _process.Kill(); // SIGKILL on Unix
        _process.WaitForExit();
    }
}
