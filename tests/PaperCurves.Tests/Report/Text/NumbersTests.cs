using FluentAssertions;
using PaperCurves.Report.Text;
using PaperCurves.Tests.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Report.Text;

public sealed class NumbersTests
{
    [Fact]
    public void Samples_say_mean_sd_interval_and_size()
    {
        // Sd 2, so the interval is 50 ± 4.303 * 2 / sqrt(3).
        Numbers.Of(Samples.Of(48, 50, 52)).Replace('\u00a0', ' ').Should().Be("50.0 ± 2.0 [45.0, 55.0], n = 3");
        Numbers.Of(null).Should().Be("–");
        Numbers.Of(Samples.Of(48, double.NaN)).Should().Be("–");
        Numbers.Percent(double.NaN).Should().Be("–", "a pre-training without validation images has no such accuracy");
    }

    [Theory]
    [InlineData(14.44, "+14.4")]
    [InlineData(-0.5, "−0.5")]
    [InlineData(0.0, "0.0")]
    [InlineData(null, "–")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.NegativeInfinity, "–")]
    public void Gaps_have_signs(double? gap, string text) => Numbers.Gap(gap).Should().Be(text);

    [Theory]
    [InlineData(0.0409, "0.041")]
    [InlineData(0.001, "0.001")]
    [InlineData(2.87e-11, "3e-11")]
    [InlineData(double.NaN, "–")]
    public void Small_p_have_powers(double p, string text) => Numbers.P(p).Should().Be(text);

    [Theory]
    [InlineData(5.5e-3, "5.5e-3")]
    [InlineData(1e-3, "1e-3")]
    [InlineData(4e-5, "4e-5")]
    [InlineData(null, "–")]
    public void Rates_have_powers(double? rate, string text) => Numbers.Rate(rate).Should().Be(text);

    [Theory]
    [InlineData(12.4, "12 s")]
    [InlineData(59.7, "1 min 00 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7500, "2 h 05 min")]
    [InlineData(100_000, "27 h 46 min")]
    public void Durations_have_two_units_at_most(double seconds, string text) => Numbers.Duration(seconds).Should().Be(text);

    [Theory]
    [InlineData(12.34567, "12.3457")]
    [InlineData(double.NaN, "")]
    [InlineData(null, "")]
    public void Files_get_digits_or_nothing(double? value, string text) => Numbers.Raw(value).Should().Be(text);
}
