using System.Globalization;
using System.Runtime.CompilerServices;
using FluentAssertions;
using PaperCurves.Report;
using PaperCurves.Report.Claims;
using PaperCurves.Report.Data;
using PaperCurves.Sweeps;
using PaperCurves.Sweeps.Packed;
using Xunit;
using Zapping.Datasets;
using Zapping.Datasets.Tests;

namespace PaperCurves.Tests.Report;

/// <summary>The results in results/ are those of the sweeps that come with the app, and say what the docs say.</summary>
public sealed class CommittedResultsTests
{
    [Theory]
    [InlineData("omniglot")]
    [InlineData("recipes")]
    public void Every_result_is_that_of_a_cell_of_its_sweep(string sweep)
    {
        var (cells, results) = Open(sweep);

        var found = cells.Networks.Where(cell => results.FindRecord(cell) is not null).Select(cell => cell.Id)
            .Concat(cells.Transfers.Where(cell => results.Find(cell) is not null).Select(cell => cell.Id));

        found.Should().BeEquivalentTo(results.Ids);
    }

    [Fact]
    public void The_claims_that_the_docs_call_passed_do_pass()
    {
        var (cells, results) = Open("omniglot");
        var report = new ReportData(SweepReport.InputOf(cells, results));

        var outcomes = PublishedClaims.All.ToDictionary(claim => claim.Id, claim => claim.Judge(report, RateSelection.Oracle).Outcome, StringComparer.Ordinal);

        outcomes.Should().BeEquivalentTo(new Dictionary<string, Outcome>(StringComparer.Ordinal)
        {
            ["C1"] = Outcome.Miss,
            ["C2"] = Outcome.Pass,
            ["C3"] = Outcome.NotRun,
            ["C4"] = Outcome.NotRun,
            ["C5"] = Outcome.Pass,
            ["C6"] = Outcome.Pass,
            ["C7"] = Outcome.Pass,
        });
    }

    [Fact]
    public void Figures_in_the_docs_are_those_of_the_results()
    {
        var (cells, results) = Open("omniglot");
        var curves = SweepReport.InputOf(cells, results).Oracle;
        var docs = File.ReadAllText(Path.Combine(Results("omniglot"), "..", "..", "docs", "reproduction.md"));

        foreach (var curve in curves.Where(curve => curve.Protocol != TransferProtocol.LeastSquares))
        {
            var (values, mean, sd, _, _) = curve.Points[^1].Query;
            var spread = values.Count > 1 ? FormattableString.Invariant($" ± {sd:f1}") : "";
            docs.Should().Contain(
                string.Create(CultureInfo.InvariantCulture, $"{mean:f1}{spread} ({values.Count})"), $"that is {curve.Network} by {curve.Transfer} at the end");
        }
    }

    private static (SweepCells Cells, PackedSweep Results) Open(string sweep)
    {
        var path = SharedData.Omniglot();
        Assert.SkipWhen(path is null, "Omniglot is not here: set OMNIGLOT to the folder that holds it.");
        var data = Omniglot.Load(path!, 28, cancellationToken: TestContext.Current.CancellationToken);
        return (SweepCells.Of(SweepFile.Read(sweep), data), PackedSweep.Open(Results(sweep)));
    }

    private static string Results(string sweep, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "results", sweep));
}
