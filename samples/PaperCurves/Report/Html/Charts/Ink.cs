namespace PaperCurves.Report.Html.Charts;

/// <summary>What a colour is for; which one it is, a palette says.</summary>
internal enum Ink
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

/// <summary>Colours of a picture.</summary>
internal static class Palettes
{
    /// <summary>The page's own, which follow its light or dark theme: CSS variables.</summary>
    public static string Themed(Ink ink) => $"var(--ink-{Enum.GetName(ink)!.ToLowerInvariant()})";

    /// <summary>Fixed, for files: Okabe and Ito's, which the colour-blind tell apart, on white.</summary>
    public static string OnWhite(Ink ink) => ink switch
    {
        Ink.Text => "#1b1f24",
        Ink.Grid => "#d5d9de",
        Ink.Surface => "#ffffff",
        Ink.Vermillion => "#d55e00",
        Ink.Blue => "#0072b2",
        Ink.Green => "#009e73",
        Ink.Purple => "#cc79a7",
        Ink.Orange => "#e69f00",
        _ => "#56b4e9",
    };
}
