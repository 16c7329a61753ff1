using FluentAssertions;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;
using PaperCurves.Report;
using Spectre.Console;
using Xunit;

namespace PaperCurves.Tests.Report;

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
        var table = ResultsTable.OfTransfer(Protocol.Iid, [Curve(Arm.None, without), Curve(Arm.Zap, with)], "a caption", published: null);

        Written(table).Split('\n').Single(line => line.Contains("lr 0.001", StringComparison.Ordinal))
            .Split('│', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[^1].Should().Be(gain);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(double.NaN)]
    public void A_network_without_validation_images_says_none(double? accuracy)
    {
        var text = Written(ResultsTable.OfPretraining([new(Arm.Zap, Method.MetaAsb, 8, 2.5, 3.1, 0.25, accuracy, 0.5, accuracy)]));

        text.Should().Contain("25.0 % (50.0 %)").And.Contain("none").And.NotContain("NaN");
    }

    [Fact]
    public void A_point_without_a_mean_leaves_its_cells_empty() =>
        Written(ResultsTable.OfTransfer(Protocol.Iid, [Curve(Arm.None, double.NaN), Curve(Arm.Zap, 40)], "a caption", published: null))
            .Should().Contain("40.0 ± 0.0").And.NotContain("NaN");

    private static Curve Curve(Arm arm, double mean) => new(Protocol.Iid, arm, [new CurvePoint(X: 5, mean, Sd: 0, Trials: 1, LearningRate: 1e-3)]);

    private static string Written(Table table)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200;
        console.Write(table);
        return text.ToString();
    }
}
