namespace PaperCurves.Report.Charts;

/// <summary>Marks as polygons, so that all writers draw the same.</summary>
internal static class MarkerOutline
{
    private const double Radius = 4;

    /// <summary>Corners around a mark's point.</summary>
    public static IReadOnlyList<Spot> Around(Mark mark)
    {
        var (corners, turn, radius) = mark.Marker switch
        {
            Marker.Square => (4, Math.PI / 4, 1.2 * Radius),
            Marker.Triangle => (3, -Math.PI / 2, 1.3 * Radius),
            Marker.TriangleDown => (3, Math.PI / 2, 1.3 * Radius),
            Marker.Pentagon => (5, -Math.PI / 2, 1.2 * Radius),
            Marker.Diamond => (4, 0, 1.3 * Radius),
            _ => (20, 0.0, Radius),
        };
        return
        [
            .. Enumerable.Range(0, corners).Select(i => turn + 2 * Math.PI * i / corners).Select(angle =>
                new Spot(mark.At.X + radius * Math.Cos(angle), mark.At.Y + radius * Math.Sin(angle))),
        ];
    }
}
