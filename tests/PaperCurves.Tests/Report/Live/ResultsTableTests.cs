using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using PaperCurves.Sweeps;
using Spectre.Console;
using Xunit;

namespace PaperCurves.Tests.Report.Live;

public sealed class ResultsTableTests
{
    [Theory]
    [InlineData(40, 42.5, "+2.5")]
    [InlineData(40, 37.5, "-2.5")]
    [InlineData(40, 39.98, "0.0")]
    [InlineData(40, 40.02, "0.0")]
    [InlineData(40, 40, "0.0")]
    public void A_gain_has_one_sign_or_none(double without, double with, string gain)
    {
        var table = ResultsTable.OfTransfer(TransferKind.IidUnfrozen, [Curve(Arm.None, without), Curve(Arm.Zap, with)], "a caption", published: null);

        Cells(table)[^1].Should().Be(gain);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    public void A_network_without_validation_images_says_none(double? accuracy)
    {
        var text = Written(ResultsTable.OfPretraining([("with zapping", new(Method.MetaAsb, 8, 2.5, 3.1, 0.25, accuracy, 0.5, accuracy))]));

        text.Should().Contain("25.0 % (50.0 %)").And.Contain("none").And.NotContain("NaN");
    }

    [Fact]
    public void A_point_without_a_mean_leaves_its_cells_empty() =>
        Written(ResultsTable.OfTransfer(TransferKind.IidUnfrozen, [Curve(Arm.None, double.NaN), Curve(Arm.Zap, 40)], "a caption", published: null))
            .Should().Contain("40.0 ± 0.0").And.NotContain("NaN");

    [Fact]
    public void Every_arm_has_a_column_a_gain_over_none_and_where_there_is_one_the_papers_figure()
    {
        Curve[] curves = [Curve(Arm.None, 40), Curve(Arm.Zap, 50), Curve(Arm.Recommended, 65)];

        Cells(ResultsTable.OfTransfer(TransferKind.IidUnfrozen, curves, "a caption", published: null))
            .Should().Equal("5", "40.0 ± 0.0", "50.0 ± 0.0", "65.0 ± 0.0", "+10.0", "+25.0");
        Cells(ResultsTable.OfTransfer(TransferKind.IidUnfrozen, curves, "a caption", Method.Iid))[6..].Should().Equal("13.1", "20.8");
    }

    [Fact]
    public void A_learning_rate_that_changes_from_point_to_point_stands_beside_each() =>
        Cells(ResultsTable.OfTransfer(TransferKind.IidUnfrozen, [Curve(Arm.None, 40) with { Selection = RateSelection.Oracle }], "a caption", published: null))
            .Should().Equal("5", "40.0 ± 0.0 (lr 0.001)");

    private static Curve Curve(Arm arm, double mean) => SomeCurves.Of(TransferKind.IidUnfrozen, arm, (5, [mean]));

    private static string[] Cells(Table table) => Written(table).Split('\n').Single(line => line.Contains("│ 5 ", StringComparison.Ordinal))
        .Split('│', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Written(Table table)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 300;
        console.Write(table);
        return text.ToString();
    }
}
