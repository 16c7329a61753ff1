using FluentAssertions;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class StatisticsTests
{
    [Fact]
    public void Mean_spread_and_interval_are_those_of_the_textbook()
    {
        // Mean 3, variance 10 / 4; t(0.975, 4) = 2.7764451 by any table.
        var sample = Samples.Of(1, 2, 3, 4, 5);
        sample.Mean.Should().Be(3);
        sample.Sd.Should().BeApproximately(Math.Sqrt(2.5), 1e-12);
        sample.High.Should().BeApproximately(3 + (2.7764451 * Math.Sqrt(2.5 / 5)), 1e-6);
        (sample.Low + sample.High).Should().BeApproximately(6, 1e-12);
    }

    [Fact]
    public void One_value_has_no_spread()
    {
        var sample = Samples.Of(7);
        (sample.Mean, sample.Sd, sample.Low, sample.High).Should().Be((7, 0, 7, 7));
        FluentActions.Invoking(() => Samples.Of()).Should().Throw<ArgumentException>().WithMessage("A sample needs at least one value.*");
    }
}
