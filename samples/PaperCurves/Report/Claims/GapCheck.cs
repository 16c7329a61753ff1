using PaperCurves.Report.Published;
using PaperCurves.Report.Text;
using PaperCurves.Sweeps;
using static System.FormattableString;

namespace PaperCurves.Report.Claims;

/// <summary>The first network is ahead by at least so much.</summary>
/// <param name="Measure">What is compared.</param>
/// <param name="First">The network that should be higher.</param>
/// <param name="Second">The other.</param>
/// <param name="Minimum">In percentage points, on the mean over all values; 0 asks for any lead.</param>
internal record GapCheck(Measure Measure, Pretrained First, Pretrained Second, double Minimum) : PairCheck(Measure, First, Second)
{
    protected override (Outcome Outcome, string Finding) Rule(Sample first, Sample second)
    {
        var gap = first.Mean - second.Mean;
        return Weigh(Invariant($"ahead by {gap:f1}"), Suffices(gap) ? null : Invariant($"gap {gap:f1}, {Needed}"));
    }

    protected string Needed => Minimum > 0 ? Invariant($"not {Minimum:f0} or more") : "not above 0";

    protected bool Suffices(double gap) => Minimum > 0 ? gap >= Minimum : gap > 0;
}

/// <summary>The first network is ahead by at least so much in every seed, and both are near what was published.</summary>
/// <param name="Measure">What is compared.</param>
/// <param name="First">The network that should be higher.</param>
/// <param name="Second">The other.</param>
/// <param name="Minimum">As there, for each seed.</param>
/// <param name="Tolerance">How far each mean may be from the published one, in percentage points.</param>
internal sealed record SeedwiseGapCheck(Measure Measure, Pretrained First, Pretrained Second, double Minimum, double Tolerance)
    : GapCheck(Measure, First, Second, Minimum)
{
    protected override (Outcome Outcome, string Finding) Rule(Sample first, Sample second)
    {
        var seconds = BySeed(second);
        var smallest = BySeed(first).Select(seed => (Seed: seed.Key, Gap: seed.Value - seconds[seed.Key])).MinBy(seed => seed.Gap);
        return Weigh(
            Invariant($"smallest gap of a seed {smallest.Gap:f1}; both within {Tolerance:f0} of the published figure"),
            Suffices(smallest.Gap) ? null : Invariant($"gap {smallest.Gap:f1} in seed {smallest.Seed}, {Needed}"),
            Distance(First, first),
            Distance(Second, second));
    }

    private string? Distance(Pretrained pretrained, Sample ours)
    {
        var away = ours.Mean - Measure.Published(pretrained);
        return away is not { } distance || Math.Abs(distance) <= Tolerance
            ? null
            : $"{pretrained.Title} is {Numbers.Gap(distance)} from the published figure, not within {Numbers.Percent(Tolerance)}";
    }

    private static Dictionary<ulong, double> BySeed(Sample sample) => sample.Values
        .GroupBy(value => value.Seed)
        .ToDictionary(seed => seed.Key, seed => seed.Average(value => value.Percent));
}

/// <summary>Both networks are about as good.</summary>
/// <param name="Measure">What is compared.</param>
/// <param name="First">The network that should be close.</param>
/// <param name="Second">The other.</param>
/// <param name="Within">How far apart they may be, in percentage points.</param>
internal sealed record ClosenessCheck(Measure Measure, Pretrained First, Pretrained Second, double Within)
    : PairCheck(Measure, First, Second)
{
    protected override (Outcome Outcome, string Finding) Rule(Sample first, Sample second)
    {
        var gap = Math.Abs(first.Mean - second.Mean);
        return Weigh(
            Invariant($"{gap:f1} apart"), gap <= Within ? null : Invariant($"{gap:f1} apart, not {Within:f0} or less"));
    }
}
