using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using PaperCurves.Tests.Report.Live;
using Xunit;

namespace PaperCurves.Tests.Runs;

public sealed class RateChoiceTests
{
    [Fact]
    public void The_rate_that_ends_best_wins_whatever_came_before() =>
        RateChoice.Best([Ends(1e-4, (1, 100), (100, 30)), Ends(1e-3, (1, 20), (100, 40)), Ends(3e-3, (1, 90), (100, 10))]).Should().Be(1e-3);

    [Fact]
    public void Of_equal_rates_the_lowest_wins_and_the_last_bits_count_for_nothing() =>
        RateChoice.Best([Ends(1e-3, (100, 40.00000001)), Ends(1e-4, (100, 40)), Ends(3e-3, (100, 40))]).Should().Be(1e-4);

    private static CellResult Ends(double rate, params (int X, double Percent)[] points) =>
        SomeCurves.Result(Arm.Zap, TransferKind.SequentialHead, ClassPool.Validation, rate, 1, points);
}
