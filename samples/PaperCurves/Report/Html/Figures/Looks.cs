using PaperCurves.Pretraining;
using PaperCurves.Report.Html.Charts;

namespace PaperCurves.Report.Html.Figures;

/// <summary>What networks and transfers look like in every chart: ours solid with marks, published dashed without.</summary>
internal static class Looks
{
    public static Look Ours(Pretrained pretrained) => new(InkOf(pretrained), Dash.Solid, MarkerOf(pretrained));

    public static Look Published(Pretrained pretrained) => new(InkOf(pretrained), Dash.Dashed, Marker: null, Width: 1.6);

    public static Look Ours(TransferKind kind) => new(InkOf(kind), Dash.Solid, MarkerOf(kind));

    public static Look Published(TransferKind kind) => Ours(kind) with { Dash = Dash.Dashed, Width = 1.6 };

    /// <summary>A network with the recommended resets.</summary>
    public static Look Recommended { get; } = new(Ink.Green, Dash.Solid, Marker.Triangle);

    /// <summary>What dashed lines are, of whatever colour.</summary>
    public static LegendKey PublishedKey { get; } = new("published", new Look(Ink.Text, Dash.Dashed, Marker: null, Width: 1.6));

    public static Ink InkOf(Pretrained pretrained) => (pretrained.Method, pretrained.ZapRows) switch
    {
        (Method.Iid, 0) => Ink.Vermillion,
        (Method.Iid, _) => Ink.Blue,
        (Method.Asb, 0) => Ink.Orange,
        (Method.Asb, _) => Ink.Sky,
        (_, 0) => Ink.Purple,
        _ => Ink.Green,
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

    private static Ink InkOf(TransferKind kind) => kind switch
    {
        TransferKind.SequentialUnfrozen => Ink.Vermillion,
        TransferKind.SequentialHead => Ink.Blue,
        TransferKind.IidUnfrozen => Ink.Green,
        _ => Ink.Purple,
    };

    private static Marker MarkerOf(TransferKind kind) => kind switch
    {
        TransferKind.SequentialUnfrozen => Marker.Circle,
        TransferKind.SequentialHead => Marker.Square,
        TransferKind.IidUnfrozen => Marker.Triangle,
        _ => Marker.Diamond,
    };
}
