using static System.FormattableString;

namespace PaperCurves.Report.Charts;

/// <summary>One axis: what it shows, and how far it goes.</summary>
/// <param name="Title">Quantity and unit.</param>
/// <param name="Low">Its beginning.</param>
/// <param name="High">Its end, above the beginning.</param>
/// <param name="Ticks">What is written along it.</param>
internal sealed record Axis(string Title, double Low, double High, IReadOnlyList<Tick> Ticks)
{
    private const int MostTicks = 7;

    /// <summary>Accuracy, all of it.</summary>
    public static Axis Percent(string title) => Scale(title, 0, 100);

    /// <summary>From 0 to the highest of some values.</summary>
    public static Axis UpTo(string title, IEnumerable<double> values) => Scale(title, 0, Math.Max(1, values.Append(0).Max()));

    /// <summary>Numbers, with round ones written.</summary>
    public static Axis Scale(string title, double low, double high)
    {
        var step = StepFor(high - low);
        var first = Math.Ceiling(low / step - 1e-9);
        var count = (int)Math.Floor(high / step - first + 1e-9) + 1;
        return new(title, low, high, [.. Enumerable.Range(0, count).Select(i => (first + i) * step).Select(at => new Tick(at, Text(at)))]);
    }

    /// <summary>Things side by side, at 0, 1, 2 ...</summary>
    public static Axis Names(string title, IReadOnlyList<string> names) =>
        new(title, -0.5, names.Count - 0.5, [.. names.Select((name, i) => new Tick(i, name))]);

    /// <summary>Of many ticks every other one, the last among them.</summary>
    public Axis Thinned() =>
        Ticks.Count <= MostTicks ? this : this with { Ticks = [.. Ticks.Where((_, i) => (Ticks.Count - 1 - i) % 2 == 0)] };

    /// <summary>Where a value is, 0 at the beginning and 1 at the end.</summary>
    public double Along(double value) => (value - Low) / (High - Low);

    /// <summary>A number as it is written along an axis.</summary>
    public static string Text(double number) => Invariant($"{number:0.######}");

    // 1, 2 or 5 times a power of ten, so that there are about five steps.
    private static double StepFor(double range)
    {
        var rough = range / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch
        {
            < 1.5 => 1,
            < 3.5 => 2,
            < 7.5 => 5,
            _ => 10,
        };
    }
}

/// <summary>One mark along an axis; its text may have several lines.</summary>
internal sealed record Tick(double At, string Text);
