using PaperCurves.Progress;

namespace PaperCurves.Tests;

internal sealed class SilentProgress : IProgressReporter
{
    public static IProgressLine Line { get; } = new SilentLine();

    public IProgressLine Begin(string title, double total, string unit, double done = 0) => Line;

    public void Say(string message)
    {
    }

    public void Warn(string message)
    {
    }

    private sealed class SilentLine : IProgressLine
    {
        public void Advance(double units, string? note = null)
        {
        }

        public void Dispose()
        {
        }
    }
}
