using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Data;
using PaperCurves.Report.Figures;
using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Training;
using Zapping.Training.Initializers;

namespace PaperCurves.Tests.Report.Figures;

public sealed class RecommendedFiguresTests
{
    private static readonly PretrainingPlan Recommended = MadeUpSweep.Plan(Method.Iid, 1000) with
    {
        ZapFan = KaimingFan.PerRow,
        ZapBias = BiasReset.Zero,
        ZapOptimizerState = OptimizerStateReset.Slice,
    };

    [Fact]
    public void They_show_none_published_and_recommended_resets_beside_the_published_curves()
    {
        var report = new ReportData(WithRecommended("iid-zap-500"));

        var figures = report.Selections.SelectMany(selection => RecommendedFigures.Of(report, selection)).ToDictionary(figure => figure.Id, StringComparer.Ordinal);

        figures.Keys.Should().BeEquivalentTo(
            from kind in new[] { "sequential-head", "sequential-unfrozen", "iid-unfrozen" }
            from selection in new[] { "oracle", "validation" }
            select $"recommended-{kind}-{selection}");
        var rows = figures["recommended-sequential-head-oracle"].Data.Rows;
        var ends = rows.Where(row => row[2] == "600").ToDictionary(row => (Network: row[0], Source: row[1]), row => row[4]);
        ends.Keys.Should().BeEquivalentTo(
        [
            ("without zapping", "ours"), ("zapping as published", "ours"), ("zapping as recommended", "ours"),
            ("without zapping", "published"), ("zapping as published", "published"),
        ]);
        ends[("zapping as published", "published")].Should().Be("56.38");
        var curve = report.Input.Oracle.Single(curve => curve is { Network: "iid-zap-500", Transfer: "head" });
        ends[("zapping as recommended", "ours")].Should().Be(Numbers.Raw(curve.Points[^1].Query.Mean));
    }

    [Fact]
    public void There_are_none_without_such_a_network()
    {
        var report = new ReportData(MadeUpSweep.Input());

        RecommendedFigures.Of(report, RateSelection.Oracle).Should().BeEmpty();
    }

    [Fact]
    public void Recommended_resets_are_those_of_the_library_in_the_published_plan()
    {
        RecommendedResets.Are(Recommended with { Seed = 3 }).Should().BeTrue();
        PretrainingPlan[] others =
        [
            Recommended with { ZapFan = KaimingFan.AsPublished },
            Recommended with { ZapBias = BiasReset.Keep },
            Recommended with { ZapOptimizerState = OptimizerStateReset.Keep },
            Recommended with { ZapRows = 100 },
            Recommended with { Width = 128 },
            Recommended with { Schedule = RateSchedule.Cosine },
            MadeUpSweep.Plan(Method.Iid, 0),
        ];
        others.Should().AllSatisfy(plan => RecommendedResets.Are(plan).Should().BeFalse());
    }

    // The made-up results of one network, as if it had been trained with the recommended resets.
    private static ReportInput WithRecommended(string network)
    {
        var input = MadeUpSweep.Input();
        return input with
        {
            Results = [.. input.Results.Select(result => result.Network == network ? result with { Plan = Recommended with { Seed = result.Seed } } : result)],
            Networks = [.. input.Networks.Select(made => made.Name == network ? made with { Plan = Recommended with { Seed = made.Seed } } : made)],
        };
    }
}
