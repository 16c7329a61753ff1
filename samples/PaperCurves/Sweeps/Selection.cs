namespace PaperCurves.Sweeps;

/// <summary>Chooses learning rates, and makes curves of what is left.</summary>
public static class Selection
{
    private static readonly IReadOnlyList<RateValue> None = [];

    private static readonly Sample Unmeasured = new([], double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>
    /// One curve for each network name and transfer, on the test classes. Rates with fewer values than others, as in a
    /// sweep that is not finished, are passed over; among the others the highest mean query accuracy wins, and of equal ones
    /// the lowest rate.
    /// </summary>
    /// <param name="results">Results of a sweep, in any order.</param>
    /// <param name="selection">
    /// How to choose. By validation, a curve is left out whose transfer has no validation results for a rate that was
    /// tested; where no step is made there is nothing to choose.
    /// </param>
    public static IReadOnlyList<SelectedCurve> Curves(IEnumerable<CellResult> results, RateSelection selection)
    {
        ArgumentNullException.ThrowIfNull(results);
        var curves =
            from result in results
            group result by (result.Network, result.Transfer) into cells
            let protocol = cells.First().Settings.Protocol
            let points = selection == RateSelection.Oracle ? Oracle(cells) : Validated(cells, protocol)
            where points.Count > 0
            select new SelectedCurve(cells.Key.Network, cells.Key.Transfer, protocol, selection, points);
        return [.. curves.OrderBy(curve => curve.Network, StringComparer.Ordinal).ThenBy(curve => curve.Transfer, StringComparer.Ordinal)];
    }

    private static IReadOnlyList<SelectedPoint> Oracle(IEnumerable<CellResult> cells) =>
        [.. Points(In(cells, ClassPool.Test)).Select(point => Point(point.Key, Best(point)))];

    private static IReadOnlyList<SelectedPoint> Validated(IEnumerable<CellResult> cells, TransferProtocol protocol)
    {
        var tested = In(cells, ClassPool.Test).ToLookup(cell => cell.LearningRate);
        if (protocol == TransferProtocol.LeastSquares)
        {
            return [.. Points(tested[null]).Select(point => Point(point.Key, point))];
        }

        var judged = In(cells, ClassPool.Validation).Where(cell => tested.Contains(cell.LearningRate)).Select(cell => new RateValue(cell, cell.Points[^1]));
        var best = Best(judged);
        return best.Count == 0 ? [] : [.. Points(tested[best[0].Cell.LearningRate]).Select(point => Point(point.Key, point))];
    }

    private static IEnumerable<CellResult> In(IEnumerable<CellResult> cells, ClassPool pool) => cells.Where(cell => cell.Pool == pool);

    private static IEnumerable<IGrouping<long, RateValue>> Points(IEnumerable<CellResult> cells) => cells
        .SelectMany(cell => cell.Points.Select(point => new RateValue(cell, point)))
        .GroupBy(X)
        .OrderBy(point => point.Key);

    private static long X(RateValue value) => value.Cell.Settings.Protocol switch
    {
        TransferProtocol.Sequential => value.Point.ClassesSeen,
        TransferProtocol.Iid => value.Point.Steps,
        _ => 0,
    };

    private static IReadOnlyList<RateValue> Best(IEnumerable<RateValue> values) => values
        .GroupBy(value => value.Cell.LearningRate)
        .OrderByDescending(rate => rate.Count())
        .ThenByDescending(rate => rate.Average(value => value.Point.Query.Top1))
        .ThenBy(rate => rate.Key)
        .Select(rate => (IReadOnlyList<RateValue>)[.. rate])
        .FirstOrDefault(None);

    private static SelectedPoint Point(long x, IEnumerable<RateValue> values)
    {
        var ordered = values.OrderBy(value => value.Cell.Seed).ThenBy(value => value.Cell.Trial).ToList();
        return new SelectedPoint(
            x, ordered[0].Cell.LearningRate, Accuracy(ordered, point => point.Query), Accuracy(ordered, point => point.Support));
    }

    private static Sample Accuracy(IEnumerable<RateValue> values, Func<CellPoint, CellAccuracy?> accuracy)
    {
        var measured =
            from value in values
            let top1 = accuracy(value.Point)?.Top1
            where top1 is not null
            select new SampleValue(value.Cell.Seed, value.Cell.Trial, 100 * top1.Value);
        return measured.ToList() is { Count: > 0 } some ? Statistics.Of(some) : Unmeasured;
    }

    private sealed record RateValue(CellResult Cell, CellPoint Point);
}
