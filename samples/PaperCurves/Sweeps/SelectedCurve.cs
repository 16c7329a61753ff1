namespace PaperCurves.Sweeps;

/// <summary>How the learning rate of a curve was chosen.</summary>
public enum RateSelection
{
    /// <summary>At every point the one with the highest mean query accuracy there, as published; it uses the test accuracy itself.</summary>
    Oracle,

    /// <summary>One for the whole curve: the one with the highest mean query accuracy at the end on classes held out for it.</summary>
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
/// <param name="LearningRate">The one that was chosen; null where no step is made.</param>
/// <param name="Query">Query accuracy.</param>
/// <param name="Support">Support accuracy of the same runs; without values, and NaN, where it was not measured.</param>
public sealed record SelectedPoint(long X, double? LearningRate, Sample Query, Sample Support);

/// <summary>Values of the same figure from several seeds and trials, in percent.</summary>
/// <param name="Values">One for each seed and trial.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Sd">Sample standard deviation (n - 1); 0 for one value.</param>
/// <param name="Low">Lower end of the 95 % confidence interval of the mean (Student's t); the mean for one value.</param>
/// <param name="High">Its upper end.</param>
public sealed record Sample(IReadOnlyList<SampleValue> Values, double Mean, double Sd, double Low, double High);

/// <summary>One of them.</summary>
/// <param name="Seed">Of pre-training.</param>
/// <param name="Trial">Of transfer.</param>
/// <param name="Percent">The value.</param>
public sealed record SampleValue(ulong Seed, int Trial, double Percent);
