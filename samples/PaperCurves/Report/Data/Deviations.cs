using PaperCurves.Sweeps;
using Zapping.Training.Transfer;
using static System.FormattableString;

namespace PaperCurves.Report.Data;

/// <summary>Where a sweep differs from the published experiments. docs/reproduction.md says more.</summary>
internal static class Deviations
{
    private const int PublishedRates = 9;
    private const int PublishedSeeds = 3;
    private const int PublishedTrials = 10;

    /// <summary>Those of the app, and those of what was run.</summary>
    public static IReadOnlyList<Deviation> Of(IReadOnlyList<CellResult> results) =>
    [
        new("order of classes and files", "as the file system lists them", "sorted by name", "other draws"),
        new("label of a transfer class", "its number in the data set", "its place in the order of presentation", "none: the classifier is fresh"),
        new("draws", "NumPy's generator, seed 12345", "own streams from the same number", "other trials"),
        .. HeldOut(results),
        .. Rates(results),
        .. Repeats(results),
        .. Support(results),
    ];

    private static IEnumerable<Deviation> HeldOut(IReadOnlyList<CellResult> results) =>
        from classes in results.Where(result => result.Pool == ClassPool.Validation).Select(result => result.Settings.Classes).Distinct().Order().Take(1)
        select new Deviation(
            "held-out classes for the learning rate",
            "none: it is chosen on the query images, at every point",
            Invariant($"both: so, and for each trial on {classes} classes that its test does not meet"),
            "fewer classes are a shorter sequence, and favour larger rates");

    private static IEnumerable<Deviation> Rates(IReadOnlyList<CellResult> results)
    {
        var counts = results.Where(result => result.LearningRate is not null)
            .GroupBy(result => result.Transfer, StringComparer.Ordinal)
            .Select(transfer => (Transfer: transfer.Key, Rates: transfer.Select(result => result.LearningRate).Distinct().Count()))
            .Where(transfer => transfer.Rates < PublishedRates)
            .ToList();
        return counts.Count == 0 ? [] :
        [
            new(
                "learning rates",
                "nine, from 4e-5 to 5.5e-2",
                string.Join(", ", counts.Select(transfer => Invariant($"{transfer.Rates} for {transfer.Transfer}"))),
                "the best of fewer can only be lower"),
        ];
    }

    private static IEnumerable<Deviation> Repeats(IReadOnlyList<CellResult> results)
    {
        var tests = results.Where(result => result.Pool == ClassPool.Test).ToList();
        var (seeds, trials) = (tests.Select(result => result.Seed).Distinct().Count(), tests.Select(result => result.Trial).Distinct().Count());
        return tests.Count == 0 || (seeds >= PublishedSeeds && trials >= PublishedTrials)
            ? []
            : [new("seeds and trials", Invariant($"{PublishedSeeds} and {PublishedTrials}"), Invariant($"at most {seeds} and {trials}"), "wider intervals")];
    }

    private static IEnumerable<Deviation> Support(IReadOnlyList<CellResult> results) =>
        from transfers in new[] { results.Where(result => result.Settings.EvaluateSupport == SupportEvaluation.AtTheEnd).Select(result => result.Transfer).Distinct(StringComparer.Ordinal).ToList() }
        where transfers.Count > 0
        select new Deviation(
            "evaluation of support images", "at every evaluation", $"at the last one in {string.Join(", ", transfers)}", "support curves there have one point");
}
