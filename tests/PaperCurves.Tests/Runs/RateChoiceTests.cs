using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Runs;

public sealed class RateChoiceTests
{
    [Fact]
    public void The_rate_that_ends_best_wins_whatever_came_before() =>
        RateChoice.Best([At(1e-4, 1, 1.0), At(1e-4, 100, 0.3), At(1e-3, 1, 0.2), At(1e-3, 100, 0.4), At(3e-3, 1, 0.9), At(3e-3, 100, 0.1)]).Should().Be(1e-3);

    [Fact]
    public void Of_equal_rates_the_lowest_wins_and_what_a_file_rounds_off_counts_for_nothing() =>
        RateChoice.Best([At(1e-3, 100, 0.4000000001), At(1e-4, 100, 0.4), At(3e-3, 100, 0.4)]).Should().Be(1e-4);

    private static TransferPoint At(double rate, int x, double accuracy) =>
        new(new TransferKey(Arm.Zap, TransferKind.SequentialHead, ClassPool.Validation, rate, Trial: 0), x, accuracy);
}
