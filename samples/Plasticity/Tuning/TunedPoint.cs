using MathNet.Numerics.Statistics;
using Plasticity.Policies;
using Plasticity.Runs;
using Zapping.Plasticity;

namespace Plasticity.Tuning;

/// <summary>A point of a policy's grid, with its scores over the tuning seeds.</summary>
/// <param name="Options">The options.</param>
/// <param name="Scores">One for each seed; higher is better.</param>
internal sealed record TunedPoint(IReadOnlyDictionary<string, double> Options, IReadOnlyList<double> Scores)
{
    /// <summary>Mean over the seeds.</summary>
    public double Mean => Scores.Average();

    /// <summary>Standard error of the mean: s / sqrt(n); 0 for a single seed.</summary>
    public double StandardError => Scores.Count < 2 ? 0 : Scores.StandardDeviation() / Math.Sqrt(Scores.Count);

    /// <summary>What options are chosen by, higher is better: the mean over all tasks of what counts on the problem; of a loss the negative.</summary>
    public static double ScoreOf(RunRecord run) => run.Measure == PlasticityMeasure.OnlineLoss ? -run.Scores.Average() : run.Scores.Average();

    /// <summary>Of a grid that begins with what changes the network least, the first point within one standard error of the best.</summary>
    /// <param name="points">In the order of the grid, at least one.</param>
    public static TunedPoint Choose(IReadOnlyList<TunedPoint> points)
    {
        var best = points.MaxBy(point => point.Mean)!;
        return points.First(point => point.Mean >= best.Mean - best.StandardError);
    }

    /// <summary>The options of which a grid has no value beyond that of this point, so that a better one may lie outside.</summary>
    public IEnumerable<string> AtEnds(IReadOnlyList<TunedPoint> points) =>
        from option in Options
        let values = points.Select(point => point.Options[option.Key]).Distinct().ToList()
        where values.Count > 1 && (option.Value == values.Min() || option.Value == values.Max())
        select option.Key;

    /// <summary>The scores of a row's grid.</summary>
    public static IReadOnlyList<TunedPoint> Of(PolicyRow row, IReadOnlyList<RunRecord> runs) =>
        [.. row.Grid.Select(options => new TunedPoint(options, [.. runs.Where(run => run.Policy == row.Name && PolicyRow.Equal(run.Options, options)).Select(ScoreOf)]))];
}
