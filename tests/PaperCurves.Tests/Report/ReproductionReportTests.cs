using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using FluentAssertions;
using PaperCurves.Report;
using PaperCurves.Report.Charts;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Report;

public sealed class ReproductionReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-report-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Every_figure_lies_beside_the_page_as_svg_and_png()
    {
        var page = File.ReadAllText(Write(MadeUpSweep.Input()));

        var ids = All("<figure id=\"([^\"]+)\">", page);
        ids.Should().HaveCount(28).And.OnlyHaveUniqueItems();
        Directory.GetFiles(Path.Combine(_folder.FullName, "figures")).Select(Path.GetFileName)
            .Should().BeEquivalentTo(ids.SelectMany(id => new[] { $"{id}.svg", $"{id}.png" }));
    }

    [Fact]
    public void Every_caption_says_which_selection_it_shows()
    {
        var page = File.ReadAllText(Write(MadeUpSweep.Input()));

        var results = page[page.IndexOf("id=\"curves\"", StringComparison.Ordinal)..page.IndexOf("id=\"deviations\"", StringComparison.Ordinal)];
        var captions = All("<(?:fig)?caption>(.*?)</(?:fig)?caption>", results);
        captions.Should().HaveCountGreaterThan(50).And.OnlyContain(caption =>
            caption.Contains("oracle learning rate, as published") || caption.Contains("learning rate chosen on held-out classes, trial by trial") || caption.Contains("no learning rate is selected"));
    }

    [Fact]
    public void Words_of_others_are_encoded() => File.ReadAllText(Write(MadeUpSweep.Input()))
        .Should().Contain("failed: &lt;no&gt; &quot;memory&quot; &amp; more").And.NotContain("<no>");

    [Fact]
    public void The_same_input_gives_the_same_page()
    {
        var input = MadeUpSweep.Input();
        var first = File.ReadAllBytes(Write(input));
        File.ReadAllBytes(Write(input)).Should().Equal(first);
    }

    [Fact]
    public void Claims_are_counted_for_each_selection()
    {
        File.ReadAllText(Write(MadeUpSweep.Input())).Should().Contain("as published, 5 of 7 claims pass, 0 miss, 2 were not (wholly) run.");
        File.ReadAllText(Write(MadeUpSweep.FullInput())).Should().Contain("as published, 6 of 7 claims pass, 0 miss, 1 was not (wholly) run.");
        File.ReadAllText(Write(MadeUpSweep.Input() with { Validation = [] })).Should().NotContain("held-out classes,");
    }

    [Fact]
    public void Nothing_at_all_is_said_to_be_nothing() =>
        File.ReadAllText(Write(new ReportInput([], [], [], [], [], []))).Should().Contain("<p class=\"verdict\">Nothing was measured.</p>");

    [Fact]
    public void A_sweep_without_tests_shows_its_learning_rates_and_judges_nothing()
    {
        CellResult[] heldOut = [.. MadeUpSweep.Input().Results.Where(result => result.Pool == ClassPool.Validation)];

        var page = File.ReadAllText(Write(new ReportInput(heldOut, [], [], [], [], [])));

        page.Should().Contain("No claim is judged: this sweep transfers to held-out classes only.").And.Contain("id=\"rates-all\"");
    }

    [Fact]
    public void Other_sizes_are_not_held_against_the_published_ones()
    {
        const string Notice = "<p class=\"notice\">";
        var input = MadeUpSweep.Input();
        CellResult[] narrow = [.. input.Results.Select(result => result with { Plan = result.Plan with { Width = 64 } })];

        File.ReadAllText(Write(input)).Should().NotContain(Notice);
        File.ReadAllText(Write(input with { Results = narrow })).Should().Contain(Notice);
    }

    [Fact]
    public void A_sweep_of_single_points_and_lasting_falls_has_a_page_too()
    {
        var report = new SmallReport()
            .With(Pretrained.IidZap, TransferKind.SequentialHead, 5, 20)
            .With(Pretrained.IidZap, TransferKind.IidUnfrozen, 1, 10)
            .WithNetwork(Pretrained.IidZap, 1, 5, double.NaN, SmallReport.Steps(3.9, 10, -0.0, 5, -0.0));

        var page = File.ReadAllText(Write(report.Input));

        page.Should().Contain("seed 1: not before the next, not before the next").And.NotContain("NaN");
    }

    [Fact]
    public void Downloads_hold_the_numbers()
    {
        var page = File.ReadAllText(Write(MadeUpSweep.Input()));

        var file = All("<a download=\"curve-sequential-head-oracle-data.csv\" href=\"data:text/csv;charset=utf-8;base64,([^\"]+)\"", page).Single();
        using var csv = new CsvReader(new StreamReader(new MemoryStream(Convert.FromBase64String(file))), CultureInfo.InvariantCulture);
        var rows = csv.GetRecords<dynamic>().Cast<IDictionary<string, object>>().ToList();
        rows.Should().HaveCount(52, "there are two networks, ours and published, of 13 evaluations each");
        rows.Where(row => (string)row["source"] == "published" && (string)row["x"] == "600").Select(row => row["query accuracy (%)"]).Should().Equal("41.98", "56.38");
    }

    [Fact]
    public void Every_ink_has_a_colour_in_both_themes_and_in_print()
    {
        var page = File.ReadAllText(Write(new ReportInput([], [], [], [], [], [])));

        foreach (var ink in Enum.GetValues<ChartColor>())
        {
            All($"({Palettes.Themed(ink)[4..^1]}: #)", page).Should().HaveCount(4, $"{ink} is light, dark by the system, dark by the button, and printed");
        }
    }

    private static IReadOnlyList<string> All(string pattern, string text) =>
        [.. Regex.Matches(text, pattern, RegexOptions.NonBacktracking).Select(match => match.Groups[1].Value)];

    private string Write(ReportInput input) => ReproductionReport.Write(input, _folder.FullName);
}
