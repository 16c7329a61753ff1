namespace PaperCurves.Report.Charts;

/// <summary>What a color is for; which one it is, a palette says.</summary>
internal enum ChartColor
{
    Text,
    Grid,
    Surface,
    Vermillion,
    Blue,
    Green,
    Purple,
    Orange,
    Sky,
}

/// <summary>Colors of a picture.</summary>
internal static class Palettes
{
    /// <summary>The page's own, which follow its light or dark theme: CSS variables.</summary>
    public static string Themed(ChartColor ink) => $"var(--ink-{Enum.GetName(ink)!.ToLowerInvariant()})";

    /// <summary>Fixed, for files: Okabe and Ito's, which the color-blind tell apart, on white.</summary>
    public static string OnWhite(ChartColor ink) => ink switch
    {
        ChartColor.Text => "#1b1f24",
        ChartColor.Grid => "#d5d9de",
        ChartColor.Surface => "#ffffff",
        ChartColor.Vermillion => "#d55e00",
        ChartColor.Blue => "#0072b2",
        ChartColor.Green => "#009e73",
        ChartColor.Purple => "#cc79a7",
        ChartColor.Orange => "#e69f00",
        _ => "#56b4e9",
    };
}
