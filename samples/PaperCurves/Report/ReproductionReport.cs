using System.Text;
using PaperCurves.Files;
using PaperCurves.Report.Charts;
using PaperCurves.Report.Claims;
using PaperCurves.Report.Data;
using PaperCurves.Report.Figures;
using PaperCurves.Report.Page;

namespace PaperCurves.Report;

/// <summary>The reproduction on one page: which claims hold here, with every number behind the answer.</summary>
public static class ReproductionReport
{
    /// <summary>Name of the page in its folder.</summary>
    public const string PageName = "report.html";

    /// <summary>The folders and the page that are written.</summary>
    internal static IReadOnlyList<string> Outputs { get; } = ["figures/", PageName];

    /// <summary>Writes report.html, which needs no other file, and every figure as figures/*.svg and *.png.</summary>
    /// <param name="input">What was planned, done and chosen.</param>
    /// <param name="folder">Where they go; made if need be, files of the same names are replaced.</param>
    /// <returns>The path of the page.</returns>
    public static string Write(ReportInput input, string folder)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var report = new ReportData(input);
        var figures = new AllFigures(report);
        var pictures = Directory.CreateDirectory(Path.Combine(folder, "figures")).FullName;
        foreach (var figure in figures.Everything)
        {
            Replace(Path.Combine(pictures, $"{figure.Id}.svg"), Encoding.UTF8.GetBytes(new SvgWriter(Palettes.OnWhite).Write(figure.Drawing, figure.Alt)));
            Replace(Path.Combine(pictures, $"{figure.Id}.png"), PngWriter.Write(figure.Drawing));
        }

        var page = Path.Combine(folder, PageName);
        Replace(page, Encoding.UTF8.GetBytes(PageTemplate.Fill(ModelOf(report, figures))));
        return page;
    }

    // A page that fails leaves the one before.
    private static void Replace(string path, byte[] bytes) => AtomicFile.Write(path, file => file.Write(bytes), overwrite: true);

    private static PageModel ModelOf(ReportData report, AllFigures figures)
    {
        IReadOnlyList<IReadOnlyList<Verdict>> verdicts =
            [.. report.Selections.Select(selection => (IReadOnlyList<Verdict>)[.. PublishedClaims.All.Select(claim => claim.Judge(report, selection))])];
        return new PageModel(
            "Does zapping work, and how well?",
            ClaimSections.Verdict(report, verdicts),
            report.IsOfPublishedSize ? null : "Data, network or transfer are not of the published size, so the published figures are no yardstick for ours here.",
            ClaimSections.Glance(report),
            ClaimSections.Badges(verdicts),
            [ClaimSections.Of(verdicts), .. ResultSections.Of(report, figures), .. RecordSections.Of(report.Input)]);
    }
}
