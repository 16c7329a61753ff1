using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration.Attributes;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;

namespace PaperCurves.Report;

/// <summary>
/// The published Omniglot curves of arXiv 2310.07996: i.i.d. pre-training (without, and with 1000 rows zapped each
/// epoch), ASB and Meta-ASB (without and with), 600 classes, query accuracy at the best learning rate of each point.
/// </summary>
public static class Published
{
    private static readonly Lazy<IReadOnlyList<Row>> Rows = new(Read);

    /// <summary>One curve: x and percent, ascending in x.</summary>
    public static IReadOnlyList<(int X, double Percent)> Curve(Method method, Protocol protocol, Arm arm) =>
    [
        .. Rows.Value
            .Where(row => string.Equals(row.Pretraining, method.Key(), StringComparison.Ordinal)
                && string.Equals(row.Transfer, protocol.Key(), StringComparison.Ordinal)
                && string.Equals(row.Reset, arm.Key(), StringComparison.Ordinal))
            .OrderBy(row => row.X)
            .Select(row => (row.X, row.Percent)),
    ];

    /// <summary>One point, if it was published.</summary>
    public static double? At(Method method, Protocol protocol, Arm arm, int x)
    {
        foreach (var (at, percent) in Curve(method, protocol, arm))
        {
            if (at == x)
            {
                return percent;
            }
        }

        return null;
    }

    private static IReadOnlyList<Row> Read()
    {
        using var stream = typeof(Published).Assembly.GetManifestResourceStream("published-omniglot.csv")!;
        using var csv = new CsvReader(new StreamReader(stream), CultureInfo.InvariantCulture);
        return [.. csv.GetRecords<Row>()];
    }

    private sealed class Row
    {
        [Name("pretraining")]
        public required string Pretraining { get; init; }

        [Name("transfer")]
        public required string Transfer { get; init; }

        [Name("reset")]
        public required string Reset { get; init; }

        [Name("x")]
        public required int X { get; init; }

        [Name("query_accuracy_percent")]
        public required double Percent { get; init; }
    }
}
