using System.Globalization;
using System.Runtime.CompilerServices;
using FluentAssertions;
using PaperCurves.Report.Html;
using PaperCurves.Report.Html.Claims;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Datasets;
using Zapping.Datasets.Tests;

namespace PaperCurves.Tests.Report.Html;

/// <summary>The results in docs/results are those of the sweeps that come with the app, and say what the docs say.</summary>
public sealed class CommittedResultsTests
{
    [Theory]
    [InlineData("omniglot")]
    [InlineData("recipes")]
    public void Every_file_is_the_result_of_a_cell_of_its_sweep(string sweep)
    {
        var (cells, store) = Open(sweep);

        var found = cells.Transfers.Where(cell => store.Find(cell) is not null).Select(cell => $"{cell.Id}.json");

        var folder = Path.Combine(Results(sweep), "cells");
        found.Should().BeEquivalentTo(Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')));
        cells.Networks.Where(cell => store.FindRecord(cell) is not null).Should().NotBeEmpty();
    }

    [Fact]
    public void The_claims_that_the_docs_call_passed_do_pass()
    {
        var (cells, store) = Open("omniglot");
        var study = new Study(SweepReport.InputOf(cells, store));

        var outcomes = PublishedClaims.All.ToDictionary(claim => claim.Id, claim => claim.Judge(study, RateSelection.Oracle).Outcome, StringComparer.Ordinal);

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
        var (cells, store) = Open("omniglot");
        var curves = SweepReport.InputOf(cells, store).Oracle;
        var docs = File.ReadAllText(Path.Combine(Results("omniglot"), "..", "..", "reproduction.md"));

        foreach (var curve in curves.Where(curve => curve.Protocol != TransferProtocol.LeastSquares))
        {
            var (values, mean, sd, _, _) = curve.Points[^1].Query;
            var spread = values.Count > 1 ? FormattableString.Invariant($" ± {sd:f1}") : "";
            docs.Should().Contain(
                string.Create(CultureInfo.InvariantCulture, $"{mean:f1}{spread} ({values.Count})"), $"that is {curve.Network} by {curve.Transfer} at the end");
        }
    }

    private static (SweepCells Cells, CellStore Store) Open(string sweep)
    {
        var path = SharedData.Omniglot();
        Assert.SkipWhen(path is null, "Omniglot is not here: set OMNIGLOT to the folder that holds it.");
        var data = Omniglot.Load(path!, 28, cancellationToken: TestContext.Current.CancellationToken);
        return (SweepCells.Of(SweepFile.Read(sweep), data), new CellStore(Results(sweep)));
    }

    private static string Results(string sweep, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "results", sweep));
}
