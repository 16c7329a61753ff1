
namespace PaperCurves.Sweeps;

/// <summary>How the learning rate of a curve was chosen.</summary>
public enum RateSelection
{
    /// <summary>At every point the one with the highest mean query accuracy there, as published; it uses the test accuracy itself.</summary>
    Oracle,

    /// <summary>
    /// One for the whole curve of each trial: the one with the highest mean query accuracy at the end on the classes that
    /// the trial holds out from its test.
    /// </summary>
    Validation,
}

/// <summary>Accuracy of one network under one transfer, over seeds and trials.</summary>
/// <param name="Network">Its name in the sweep.</param>
/// <param name="Transfer">Its name in the sweep.</param>
/// <param name="Protocol">What x counts follows from it: classes seen, steps, or nothing.</param>
/// <param name="Selection">How the learning rate was chosen.</param>
/// <param name="Points">Ascending in x.</param>
public sealed record SelectedCurve(
    string Network, string Transfer, TransferProtocol Protocol, RateSelection Selection, IReadOnlyList<SelectedPoint> Points);

/// <summary>One point of a curve.</summary>
/// <param name="X">Classes seen, or steps.</param>
/// <param name="Cells">What was chosen, by seed and trial: its values are those of the samples.</param>
/// <param name="Query">Query accuracy.</param>
/// <param name="Support">Support accuracy of the same cells; without values, and NaN, where it was not measured.</param>
public sealed record SelectedPoint(long X, IReadOnlyList<CellResult> Cells, Sample Query, Sample Support)
{
    /// <summary>Those that were chosen, ascending: by trial they may differ. None where no step is made.</summary>
    public IReadOnlyList<double> LearningRates => [.. Cells.Select(cell => cell.LearningRate).OfType<double>().Distinct().Order()];
}

/// <summary>Values of the same figure from several seeds and trials, in percent.</summary>
/// <param name="Values">One for each seed and trial.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Sd">Sample standard deviation (n - 1); 0 for one value.</param>
/// <param name="Low">Lower end of the 95 % confidence interval of the mean (Student's t); the mean for one value.</param>
/// <param name="High">Its upper end.</param>
public sealed record Sample(IReadOnlyList<SampleValue> Values, double Mean, double Sd, double Low, double High)
{
    /// <summary>What samples say of the runs, by seed and trial, that all of them have; null if there is no such run.</summary>
    /// <param name="samples">At least one.</param>
    public static IReadOnlyList<Sample>? OnSharedRuns(params IReadOnlyList<Sample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var shared = samples.Select(sample => sample.Values.Select(value => (value.Seed, value.Trial)))
            .Aggregate((runs, others) => runs.Intersect(others)).ToHashSet();
        return shared.Count == 0
            ? null
            : [.. samples.Select(sample => Statistics.Of([.. sample.Values.Where(value => shared.Contains((value.Seed, value.Trial)))]))];
    }
}

/// <summary>One of them.</summary>
/// <param name="Seed">Of pre-training.</param>
/// <param name="Trial">Of transfer.</param>
/// <param name="Percent">The value.</param>
public sealed record SampleValue(ulong Seed, int Trial, double Percent);
