using CsCheck;
using FluentAssertions;
using PaperCurves.Report.Charts;
using Xunit;

namespace PaperCurves.Tests.Report.Charts;

public sealed class AxisTests
{
    [Fact]
    public void Ticks_are_round()
    {
        Axis.Percent("").Ticks.Select(tick => tick.Text).Should().Equal("0", "20", "40", "60", "80", "100");
        Axis.Scale("", -5, 56).Ticks.Select(tick => tick.Text).Should().Equal("0", "10", "20", "30", "40", "50");
        Axis.Scale("", 0, 0.7).Ticks.Select(tick => tick.Text).Should().Equal("0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7");
    }

    [Fact]
    public void Ticks_lie_on_the_axis_and_are_few() =>
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[1e-3, 1e6]).Sample((low, range) =>
        {
            var axis = Axis.Scale("", low, low + range);
            axis.Ticks.Should().HaveCountGreaterThan(1).And.HaveCountLessThan(10);
            axis.Ticks.Should().OnlyContain(tick => axis.Along(tick.At) > -1e-6 && axis.Along(tick.At) < 1 + 1e-6);
        });

    [Fact]
    public void Of_many_names_every_other_stays_and_the_last_always()
    {
        var many = Axis.Names("", [.. "abcdefgh".Select(letter => $"{letter}")]);
        many.Ticks.Select(tick => tick.At).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        Axis.Names("", ["a", "b", "c"]).Thinned().Ticks.Select(tick => tick.Text).Should().Equal("a", "b", "c");
        many.Thinned().Ticks.Select(tick => tick.Text).Should().Equal("b", "d", "f", "h");
    }
}
