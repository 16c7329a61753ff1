using System.Diagnostics;
using PaperCurves.Experiments;
using Spectre.Console;

namespace PaperCurves.Commands;

/// <summary>Progress bars with rate and time left; plain lines, a few a minute, where the output is no terminal.</summary>
internal sealed class ConsoleBoard : IProgressBoard
{
    private readonly ProgressContext? _bars;

    private ConsoleBoard(ProgressContext? bars) => _bars = bars;

    /// <summary>Runs work under a board.</summary>
    public static void Run(Action<IProgressBoard> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            work(new ConsoleBoard(null));
            return;
        }

        AnsiConsole.Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(bars => work(new ConsoleBoard(bars)));
    }

    /// <inheritdoc/>
    public IProgressLine Begin(string title, double total, string unit) =>
        _bars is null ? new PlainLine(title, total, unit) : new Bar(_bars.AddTask(Markup.Escape(title), maxValue: total), title, unit);

    private sealed class Bar(ProgressTask task, string title, string unit) : IProgressLine
    {
        private string _note = "";

        public void Advance(double units, string? note = null)
        {
            _note = note ?? _note;
            task.Increment(units);
            var rate = task.Speed is { } speed ? FormattableString.Invariant($"{speed,6:f0} {unit}/s") : "";
            task.Description = Markup.Escape($"{title}  {rate}  {_note}");
        }

        public void Dispose() => task.StopTask();
    }

    private sealed class PlainLine(string title, double total, string unit) : IProgressLine
    {
        private static readonly TimeSpan Period = TimeSpan.FromSeconds(20);
        private readonly Stopwatch _elapsed = Stopwatch.StartNew();
        private TimeSpan _next = Period;
        private double _done;
        private string _note = "";

        public void Advance(double units, string? note = null)
        {
            _done += units;
            _note = note ?? _note;
            if (_elapsed.Elapsed >= _next)
            {
                _next = _elapsed.Elapsed + Period;
                Print();
            }
        }

        public void Dispose() => Print();

        private void Print()
        {
            var rate = _done / _elapsed.Elapsed.TotalSeconds;
            var left = TimeSpan.FromSeconds(rate > 0 ? Math.Min((total - _done) / rate, 1e6) : 0);
            Console.WriteLine(FormattableString.Invariant(
                $"{title}: {_done / total:p0}, {rate:f0} {unit}/s, {_elapsed.Elapsed:hh\\:mm\\:ss} gone, {left:hh\\:mm\\:ss} left{(_note.Length > 0 ? ", " : "")}{_note}"));
        }
    }
}
