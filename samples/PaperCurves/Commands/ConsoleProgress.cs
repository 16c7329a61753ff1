using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PaperCurves.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PaperCurves.Commands;

/// <summary>Progress bars with rate and time left; plain lines, a few a minute, where the output is no terminal.</summary>
internal static class ConsoleProgress
{
    /// <summary>Runs work under a reporter.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="finished">What becomes of the bars of finished work; hundreds of pieces leave no room for them.</param>
    public static void Run(Action<IProgressReporter> work, FinishedBars finished = FinishedBars.Stay)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            work(new PlainBoard());
            return;
        }

        var rates = new RateColumn();
        AnsiConsole.Progress()
            .AutoClear(false)
            .HideCompleted(finished == FinishedBars.Vanish)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 12 },
                new PercentageColumn(),
                rates,
                new RemainingTimeColumn())
            .Start(bars => work(new BarBoard(bars, rates)));
    }

    // Episodes are few a second, images hundreds.
    private static string Rate(double unitsPerSecond) => !double.IsFinite(unitsPerSecond) ? "–" : unitsPerSecond.ToString(unitsPerSecond < 10 ? "f2" : "f0", CultureInfo.InvariantCulture);

    private sealed class BarBoard(ProgressContext bars, RateColumn rates) : IProgressReporter
    {
        public IProgressLine Begin(string title, double total, string unit, double done = 0)
        {
            var task = bars.AddTask(Markup.Escape(title), maxValue: total);
            task.Value = done;
            return new Bar(task, unit, rates);
        }

        public void Say(string message) => AnsiConsole.WriteLine(message);

        public void Warn(string message) => AnsiConsole.MarkupLineInterpolated($"[yellow]{message}[/]");
    }

    private sealed class PlainBoard : IProgressReporter
    {
        public IProgressLine Begin(string title, double total, string unit, double done = 0) => new PlainLine(title, total, unit, done);

        public void Say(string message) => Console.WriteLine(message);

        public void Warn(string message) => Console.Error.WriteLine($"warning: {message}");
    }

    private sealed class Bar(ProgressTask task, string unit, RateColumn rates) : IProgressLine
    {
        public void Advance(double units, string? note = null)
        {
            task.Increment(units);
            rates.Say(task, unit, note);
        }

        public void Dispose() => task.StopTask();
    }

    /// <summary>Units per second and, where the terminal is wide enough, the latest note.</summary>
    private sealed class RateColumn : ProgressColumn
    {
        private const int WideTerminal = 100;
        private readonly ConcurrentDictionary<int, (string Unit, string? Note)> _said = new();

        protected override bool NoWrap => true;

        // The work says it on its thread, the bars are drawn on another.
        public void Say(ProgressTask task, string unit, string? note) =>
            _said.AddOrUpdate(task.Id, (unit, note), (_, before) => (unit, note ?? before.Note));

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var (unit, note) = _said.GetValueOrDefault(task.Id);
            var rate = FormattableString.Invariant($"{Rate(task.Speed ?? 0),5} {unit}/s");
            return new Text(note is null || options.ConsoleSize.Width < WideTerminal ? rate : $"{rate}  {note}");
        }
    }

    private sealed class PlainLine(string title, double total, string unit, double before) : IProgressLine
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
            var left = TimeSpan.FromSeconds(rate > 0 ? Math.Clamp((total - before - _done) / rate, 0, 1e6) : 0);
            var share = total > 0 ? (before + _done) / total : 1;
            Console.WriteLine(FormattableString.Invariant(
                $"{title}: {share:p0}, {Rate(rate)} {unit}/s, {_elapsed.Elapsed:hh\\:mm\\:ss} gone, {left:hh\\:mm\\:ss} left{(_note.Length > 0 ? ", " : "")}{_note}"));
        }
    }
}

/// <summary>What becomes of the progress bar of a piece of work that is finished.</summary>
internal enum FinishedBars
{
    /// <summary>It stays.</summary>
    Stay,

    /// <summary>It makes room.</summary>
    Vanish,
}
