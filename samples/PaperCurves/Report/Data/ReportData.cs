using PaperCurves.Report.Published;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Data;

/// <summary>The input of a report, found by what was published rather than by names of a sweep.</summary>
internal sealed class ReportData
{
    private readonly Dictionary<string, Pretrained> _pretrained;
    private readonly Dictionary<string, TransferKind> _kinds;

    public ReportData(ReportInput input)
    {
        Input = input;
        _pretrained = input.Networks.Select(network => (network.Name, network.Plan))
            .Concat(input.Results.Select(result => (Name: result.Network, result.Plan)))
            .DistinctBy(network => network.Name, StringComparer.Ordinal)
            .Select(network => (network.Name, Kind: Pretrained.Of(network.Plan)))
            .Where(network => network.Kind is not null)
            .ToDictionary(network => network.Name, network => network.Kind!, StringComparer.Ordinal);
        _kinds = input.Results
            .DistinctBy(result => result.Transfer, StringComparer.Ordinal)
            .Select(result => (result.Transfer, Kind: TransferKind.PublishedOf(result.Settings)))
            .Where(transfer => transfer.Kind is not null)
            .ToDictionary(transfer => transfer.Transfer, transfer => transfer.Kind!.Value, StringComparer.Ordinal);
    }

    public ReportInput Input { get; }

    /// <summary>The selections of which there are curves, the published one first.</summary>
    public IEnumerable<RateSelection> Selections =>
        Enum.GetValues<RateSelection>().Where(selection => CurvesOf(selection).Count > 0);

    /// <summary>Whether data and size are those of the published figures.</summary>
    public bool IsOfPublishedSize =>
        Input.Results.Count > 0
        && Input.Results.Where(result => result.Pool == ClassPool.Test).All(result =>
            result is { Data: "Omniglot", Plan: { Width: 256, Classes: 964 }, Settings: { Classes: 600, Support: 15, Query: 5 } });

    public IReadOnlyList<SelectedCurve> CurvesOf(RateSelection selection) =>
        selection == RateSelection.Oracle ? Input.Oracle : Input.Validation;

    /// <summary>The kinds of network of which there is a curve, in the order of publication.</summary>
    public IEnumerable<Pretrained> PretrainedWith(RateSelection selection, TransferKind kind) =>
        _pretrained.Values.Distinct()
            .Where(pretrained => Curve(selection, pretrained, kind) is not null)
            .OrderBy(pretrained => pretrained.Method).ThenBy(pretrained => pretrained.ZapRows);

    public SelectedCurve? Curve(RateSelection selection, Pretrained pretrained, TransferKind kind) =>
        CurvesOf(selection).FirstOrDefault(curve => IsOf(curve.Network, pretrained) && IsOf(curve.Transfer, kind) && curve.Points.Count > 0);

    /// <summary>Query accuracy at one point; null if it was not measured.</summary>
    public Sample? At(RateSelection selection, Pretrained pretrained, TransferKind kind, long x)
    {
        var points = Curve(selection, pretrained, kind)?.Points;
        return kind == TransferKind.ZeroShot ? points?[^1].Query : points?.FirstOrDefault(point => point.X == x)?.Query;
    }

    /// <summary>The end of a curve; null if there is none.</summary>
    public SelectedPoint? End(RateSelection selection, Pretrained pretrained, TransferKind kind) =>
        Curve(selection, pretrained, kind)?.Points[^1];

    public IEnumerable<NetworkRecord> Networks(Pretrained pretrained) =>
        Input.Networks.Where(network => IsOf(network.Name, pretrained)).OrderBy(network => network.Seed);

    public Pretrained? PretrainedOf(string network) => _pretrained.GetValueOrDefault(network);

    public bool IsOf(string network, Pretrained pretrained) => PretrainedOf(network) == pretrained;

    public bool IsOf(string transfer, TransferKind kind) => _kinds.TryGetValue(transfer, out var its) && its == kind;
}
