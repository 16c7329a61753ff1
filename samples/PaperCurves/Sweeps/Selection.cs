
namespace PaperCurves.Sweeps;

/// <summary>Chooses learning rates, and makes curves of what is left.</summary>
public static class Selection
{
    private static readonly Sample Unmeasured = new([], double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>
    /// One curve for each network name and transfer, on the test classes. Learning rates are compared on the seeds and trials
    /// that all of them have, so that in a sweep that is not finished none wins by an easier trial; the highest mean query
    /// accuracy wins, and of equal ones the lowest rate. The curve then shows all runs of the rate.
    /// </summary>
    /// <param name="results">Results of a sweep, in any order.</param>
    /// <param name="selection">
    /// How to choose. By validation, a trial is left out unless every rate that it tested was validated on its own held-out
    /// classes; where no step is made there is nothing to choose.
    /// </param>
    public static IReadOnlyList<SelectedCurve> Curves(IEnumerable<CellResult> results, RateSelection selection)
    {
        ArgumentNullException.ThrowIfNull(results);
        var curves =
            from result in results
            group result by (result.Network, result.Transfer) into cells
            let protocol = cells.First().Settings.Protocol
            let points = selection == RateSelection.Oracle ? Oracle(cells) : Validated(cells)
            where points.Count > 0
            select new SelectedCurve(cells.Key.Network, cells.Key.Transfer, protocol, selection, points);
        return [.. curves.OrderBy(curve => curve.Network, StringComparer.Ordinal).ThenBy(curve => curve.Transfer, StringComparer.Ordinal)];
    }

    private static IReadOnlyList<SelectedPoint> Oracle(IEnumerable<CellResult> cells) =>
        [.. Points(In(cells, ClassPool.Test)).Select(point => Point(point.Key, OfRate(point, Best(point))))];

    private static IReadOnlyList<SelectedPoint> Validated(IEnumerable<CellResult> cells)
    {
        var validated = In(cells, ClassPool.Validation).ToLookup(cell => cell.Trial);
        var chosen = In(cells, ClassPool.Test).GroupBy(cell => cell.Trial).SelectMany(trial => ChosenBy(validated[trial.Key], trial));
        return [.. Points(chosen).Select(point => Point(point.Key, point))];
    }

    /// <summary>The tests of one trial at the learning rate that its held-out classes prefer.</summary>
    private static IEnumerable<CellResult> ChosenBy(IEnumerable<CellResult> validated, IEnumerable<CellResult> tested)
    {
        var rates = tested.Select(cell => cell.LearningRate).ToHashSet();
        if (rates.SetEquals([null]))
        {
            return tested;
        }

        var ends = validated.Where(cell => rates.Contains(cell.LearningRate)).Select(cell => new Measured(cell, cell.Points[^1])).ToList();
        return rates.SetEquals(ends.Select(end => end.Cell.LearningRate))
            ? tested.Where(cell => cell.LearningRate == Best(ends))
            : [];
    }

    private static IEnumerable<CellResult> In(IEnumerable<CellResult> cells, ClassPool pool) => cells.Where(cell => cell.Pool == pool);

    private static IEnumerable<IGrouping<long, Measured>> Points(IEnumerable<CellResult> cells) => cells
        .SelectMany(cell => cell.Points.Select(point => new Measured(cell, point)))
        .GroupBy(X)
        .OrderBy(point => point.Key);

    private static long X(Measured value) => value.Cell.Settings.Protocol switch
    {
        TransferProtocol.Sequential => value.Point.ClassesSeen,
        TransferProtocol.Iid => value.Point.Steps,
        _ => 0,
    };

    private static IEnumerable<Measured> OfRate(IEnumerable<Measured> values, double? rate) =>
        values.Where(value => value.Cell.LearningRate == rate);

    private static double? Best(IEnumerable<Measured> values) => Comparable([.. values.GroupBy(value => value.Cell.LearningRate)])
        .OrderByDescending(rate => rate.Average(value => value.Point.Query.Top1))
        .ThenBy(rate => rate.First().Cell.LearningRate)
        .First().First().Cell.LearningRate;

    // Where no run is common to all rates, those with the fewest runs drop out, the highest first.
    private static IReadOnlyList<IEnumerable<Measured>> Comparable(IReadOnlyList<IGrouping<double?, Measured>> rates)
    {
        for (var left = rates.OrderByDescending(rate => rate.Count()).ThenBy(rate => rate.Key).ToList(); ; left.RemoveAt(left.Count - 1))
        {
            var shared = left.Select(rate => rate.Select(Run)).Aggregate((runs, others) => runs.Intersect(others)).ToHashSet();
            if (shared.Count > 0)
            {
                return [.. left.Select(rate => rate.Where(value => shared.Contains(Run(value))))];
            }
        }
    }

    private static (ulong Seed, int Trial) Run(Measured value) => (value.Cell.Seed, value.Cell.Trial);

    private static SelectedPoint Point(long x, IEnumerable<Measured> values)
    {
        var ordered = values.OrderBy(Run).ToList();
        return new SelectedPoint(
            x, [.. ordered.Select(value => value.Cell)], Accuracy(ordered, point => point.Query), Accuracy(ordered, point => point.Support));
    }

    private static Sample Accuracy(IEnumerable<Measured> values, Func<CellPoint, CellAccuracy?> accuracy)
    {
        var measured =
            from value in values
            let top1 = accuracy(value.Point)?.Top1
            where top1 is not null
            select new SampleValue(value.Cell.Seed, value.Cell.Trial, 100 * top1.Value);
        return measured.ToList() is { Count: > 0 } some ? Statistics.Of(some) : Unmeasured;
    }

    private sealed record Measured(CellResult Cell, CellPoint Point);
}
