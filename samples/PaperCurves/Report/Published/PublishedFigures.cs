using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration.Attributes;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Published;

/// <summary>
/// The published Omniglot figures of arXiv 2310.07996 for the convnet, in percent: whole curves, ends with their standard
/// deviation over 30 trials, the ends for fewer rows zapped, and what pre-training came to.
/// </summary>
internal static class PublishedFigures
{
    private static readonly Lazy<ILookup<(string, string, int), PublishedPoint>> Rows = new(Read);

    /// <summary>Query accuracy of transfer, ascending in x; empty if it was not published.</summary>
    public static IReadOnlyList<PublishedPoint> Curve(TransferKind kind, Pretrained pretrained) => Of(kind.Key, pretrained);

    /// <summary>Query accuracy of one arm of a method, all rows zapped that it zaps as published; empty for resets that are the library's own.</summary>
    public static IReadOnlyList<PublishedPoint> Curve(Method method, TransferKind kind, Arm arm) => arm == Arm.Recommended ? [] : Curve(
        kind,
        new Pretrained(method, arm == Arm.None ? 0 : method == Method.Iid ? Pretrained.AllRows : 1));

    /// <summary>One point of it, if it was published.</summary>
    public static PublishedPoint? At(Method method, TransferKind kind, Arm arm, long x) =>
        Curve(method, kind, arm).FirstOrDefault(point => point.X == x);

    /// <summary>One point of a curve, if it was published.</summary>
    public static PublishedPoint? At(TransferKind kind, Pretrained pretrained, long x) =>
        Curve(kind, pretrained).FirstOrDefault(point => point.X == x);

    /// <summary>Accuracy on training images at the end of pre-training.</summary>
    public static double? Training(Pretrained pretrained) => Of("training", pretrained).SingleOrDefault()?.Percent;

    /// <summary>Accuracy on validation images at the end of pre-training.</summary>
    public static double? Validation(Pretrained pretrained) => Of("validation", pretrained).SingleOrDefault()?.Percent;

    private static List<PublishedPoint> Of(string measure, Pretrained pretrained) =>
        [.. Rows.Value[(measure, pretrained.Method.Key(), pretrained.ZapRows)]];

    private static ILookup<(string, string, int), PublishedPoint> Read()
    {
        using var stream = typeof(PublishedFigures).Assembly.GetManifestResourceStream("published-figures.csv")!;
        using var csv = new CsvReader(new StreamReader(stream), CultureInfo.InvariantCulture);
        return csv.GetRecords<Row>().ToLookup(
            row => (row.Measure, row.Pretraining, row.ZapRows), row => new PublishedPoint(row.X, row.Percent, row.Sd));
    }

    private sealed class Row
    {
        [Name("measure")]
        public required string Measure { get; init; }

        [Name("pretraining")]
        public required string Pretraining { get; init; }

        [Name("zap_rows")]
        public required int ZapRows { get; init; }

        [Name("x")]
        public required int X { get; init; }

        [Name("percent")]
        public required double Percent { get; init; }

        [Name("sd")]
        public required double? Sd { get; init; }
    }
}

/// <summary>One published value, in percent.</summary>
/// <param name="X">Classes seen, or steps; 0 where nothing is counted.</param>
/// <param name="Percent">The mean.</param>
/// <param name="Sd">Standard deviation over trials, where it was published.</param>
internal sealed record PublishedPoint(int X, double Percent, double? Sd);
