using PaperCurves.Sweeps;

namespace PaperCurves.Report.Text;

/// <summary>How ways of choosing a learning rate are written.</summary>
internal static class SelectionNames
{
    /// <summary>In names of files and anchors.</summary>
    public static string Key(this RateSelection selection) => selection == RateSelection.Oracle ? "oracle" : "validation";

    /// <summary>Beside figures and tables.</summary>
    public static string Title(this RateSelection selection) =>
        selection == RateSelection.Oracle ? "oracle learning rate, as published" : "learning rate chosen on held-out classes, trial by trial";

    /// <summary>In a sentence.</summary>
    public static string Noun(this RateSelection selection) => selection == RateSelection.Oracle
        ? "learning rate that is best on the test classes themselves, as published"
        : "learning rate chosen on held-out classes, trial by trial";
}
