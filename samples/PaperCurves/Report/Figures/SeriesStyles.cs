using PaperCurves.Pretraining;
using PaperCurves.Report.Charts;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Figures;

/// <summary>What networks and transfers look like in every chart: ours solid with marks, published dashed without.</summary>
internal static class SeriesStyles
{
    public static SeriesStyle Ours(Pretrained pretrained) => new(ColorOf(pretrained), Dash.Solid, MarkerOf(pretrained));

    public static SeriesStyle Published(Pretrained pretrained) => new(ColorOf(pretrained), Dash.Dashed, Marker: null, Width: 1.6);

    public static SeriesStyle Ours(TransferKind kind) => new(ColorOf(kind), Dash.Solid, MarkerOf(kind));

    public static SeriesStyle Published(TransferKind kind) => Ours(kind) with { Dash = Dash.Dashed, Width = 1.6 };

    /// <summary>A network with the recommended resets.</summary>
    public static SeriesStyle Recommended { get; } = new(ChartColor.Green, Dash.Solid, Marker.Triangle);

    /// <summary>What dashed lines are, of whatever color.</summary>
    public static LegendKey PublishedKey { get; } = new("published", new SeriesStyle(ChartColor.Text, Dash.Dashed, Marker: null, Width: 1.6));

    public static ChartColor ColorOf(Pretrained pretrained) => (pretrained.Method, pretrained.ZapRows) switch
    {
        (Method.Iid, 0) => ChartColor.Vermillion,
        (Method.Iid, _) => ChartColor.Blue,
        (Method.Asb, 0) => ChartColor.Orange,
        (Method.Asb, _) => ChartColor.Sky,
        (_, 0) => ChartColor.Purple,
        _ => ChartColor.Green,
    };

    private static Marker MarkerOf(Pretrained pretrained) => (pretrained.Method, pretrained.ZapRows) switch
    {
        (Method.Iid, 0) => Marker.Circle,
        (Method.Iid, _) => Marker.Square,
        (Method.Asb, 0) => Marker.Triangle,
        (Method.Asb, _) => Marker.TriangleDown,
        (_, 0) => Marker.Diamond,
        _ => Marker.Pentagon,
    };

    private static ChartColor ColorOf(TransferKind kind) => kind switch
    {
        { Protocol: TransferProtocol.Sequential, Trains: Trained.All } => ChartColor.Vermillion,
        { Protocol: TransferProtocol.Sequential } => ChartColor.Blue,
        { Protocol: TransferProtocol.Iid } => ChartColor.Green,
        _ => ChartColor.Purple,
    };

    private static Marker MarkerOf(TransferKind kind) => kind switch
    {
        { Protocol: TransferProtocol.Sequential, Trains: Trained.All } => Marker.Circle,
        { Protocol: TransferProtocol.Sequential } => Marker.Square,
        { Protocol: TransferProtocol.Iid } => Marker.Triangle,
        _ => Marker.Diamond,
    };
}
