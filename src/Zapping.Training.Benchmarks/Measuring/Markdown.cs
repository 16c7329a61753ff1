using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Zapping.Training.Benchmarks;

/// <summary>Tables on standard output, and how figures are written in them.</summary>
internal static class Markdown
{
    // Where something took no time that the clock could see, a ratio is none.
    private const string None = "–";

    /// <summary>Begins a table.</summary>
    public static void Header(params string[] columns)
    {
        Row(columns);
        Row([.. columns.Select(_ => "---")]);
    }

    public static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    /// <summary>A duration with three digits or so, in the unit that suits it.</summary>
    public static string Time(double milliseconds) => Math.Abs(milliseconds) switch
    {
        var size when !double.IsFinite(size) => None,
        < 0.001 => $"{milliseconds * 1e6:f0} ns",
        < 1 => $"{milliseconds * 1000:0.#} µs",
        < 100 => $"{milliseconds:f1} ms",
        < 10_000 => $"{milliseconds:f0} ms",
        _ => $"{milliseconds / 1000:f1} s",
    };

    public static string Times(IEnumerable<double> milliseconds) => string.Join(", ", milliseconds.Select(Time));

    public static string Peaks(IEnumerable<WorkMeasure> measures) => string.Join(", ", measures.Select(measure => $"{measure.PeakMiB:f0}"));

    /// <summary>The median, and the least and the most.</summary>
    public static string Spread(IReadOnlyCollection<double> values, Func<double, string> format) =>
        $"**{format(values.Median())}** ({format(values.Min())} to {format(values.Max())})";

    /// <summary>The median, and the quartiles: of many values, the least and the most are accidents.</summary>
    public static string Middle(IReadOnlyCollection<double> values, Func<double, string> format) =>
        $"**{format(values.Median())}** ({format(values.LowerQuartile())} to {format(values.UpperQuartile())})";

    public static string Ratio(double value) => double.IsFinite(value) ? $"{value:f2}" : None;

    public static string Percent(double fraction) => double.IsFinite(fraction) ? $"{100 * fraction:f2} %" : None;

    /// <summary>A rate of so many units of 10⁹ a second.</summary>
    /// <param name="perSecond">Of single units.</param>
    /// <param name="unit">Its name.</param>
    /// <param name="digits">After the point.</param>
    public static string Giga(double perSecond, string unit, int digits = 0) =>
        double.IsFinite(perSecond) ? $"{(perSecond / 1e9).ToString($"f{digits}", CultureInfo.InvariantCulture)} {unit}" : None;
}
