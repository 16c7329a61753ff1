using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using static System.FormattableString;

namespace PaperCurves.Report.Claims;

/// <summary>A quantity that networks are compared by, in percent.</summary>
internal abstract record Measure
{
    public abstract string Title { get; }

    /// <summary>Ours; null if it was not measured.</summary>
    public abstract Sample? Of(ReportData report, RateSelection selection, Pretrained pretrained);

    /// <summary>The published one; null if there is none.</summary>
    public abstract double? Published(Pretrained pretrained);
}

/// <summary>Query accuracy of a transfer at one point.</summary>
/// <param name="Kind">Which transfer.</param>
/// <param name="X">Classes seen, or steps.</param>
internal sealed record TransferMeasure(TransferKind Kind, int X) : Measure
{
    /// <summary>At the end of the published curve.</summary>
    public static TransferMeasure End(TransferKind kind) => new(kind, kind.PublishedEnd);

    public override string Title => Kind switch
    {
        { Protocol: TransferProtocol.LeastSquares } => Kind.Title,
        { Protocol: TransferProtocol.Iid } => Invariant($"{Kind.Title}, step {X}"),
        _ => Invariant($"{Kind.Title}, {X} classes"),
    };

    public override Sample? Of(ReportData report, RateSelection selection, Pretrained pretrained) => report.At(selection, pretrained, Kind, X);

    public override double? Published(Pretrained pretrained) => PublishedFigures.At(Kind, pretrained, X)?.Percent;
}

/// <summary>Accuracy at the end of pre-training, one value for each seed.</summary>
internal sealed record PretrainingMeasure : Measure
{
    private readonly Func<NetworkRecord, double?> _fraction;
    private readonly Func<Pretrained, double?> _published;

    private PretrainingMeasure(string title, Func<NetworkRecord, double?> fraction, Func<Pretrained, double?> published) =>
        (Title, _fraction, _published) = (title, fraction, published);

    /// <summary>On the images that were trained on.</summary>
    public static PretrainingMeasure Training { get; } =
        new("training accuracy", network => network.Result.TrainingAccuracy, PublishedFigures.Training);

    /// <summary>On held-out images of the same classes.</summary>
    public static PretrainingMeasure Validation { get; } =
        new("validation accuracy", network => network.Result.ValidationAccuracy, PublishedFigures.Validation);

    public override string Title { get; }

    public override Sample? Of(ReportData report, RateSelection selection, Pretrained pretrained)
    {
        var values = report.Networks(pretrained)
            .Select(network => (network.Seed, Fraction: _fraction(network)))
            .Where(value => value.Fraction is { } fraction && double.IsFinite(fraction))
            .Select(value => new SampleValue(value.Seed, 0, 100 * value.Fraction!.Value))
            .ToList();
        return values.Count == 0 ? null : Statistics.Of(values);
    }

    public override double? Published(Pretrained pretrained) => _published(pretrained);
}
