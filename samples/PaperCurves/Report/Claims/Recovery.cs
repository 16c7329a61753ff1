using PaperCurves.Pretraining;

namespace PaperCurves.Report.Claims;

/// <summary>What one zap of i.i.d. pre-training did, and the way back.</summary>
/// <param name="Zap">Which one, counted from 1.</param>
/// <param name="Before">Up to so many steps before it, oldest first.</param>
/// <param name="After">From the first step after it to the last before the next zap, or to the end.</param>
internal sealed record Recovery(int Zap, IReadOnlyList<StepRow> Before, IReadOnlyList<StepRow> After)
{
    /// <summary>The accuracy that counts as regained.</summary>
    public const double Threshold = 0.5;

    private const int StepsBefore = 5;

    /// <summary>Loss of the first batch, before any update of the new rows.</summary>
    public double LossAtOnce => After[0].Loss;

    /// <summary>Updates made until a batch is recognized to <see cref="Threshold"/>; null if the next zap came first.</summary>
    public int? Steps
    {
        get
        {
            for (var i = 0; i < After.Count; i++)
            {
                if (After[i].Accuracy >= Threshold)
                {
                    return i;
                }
            }

            return null;
        }
    }

    /// <summary>Cuts a training at its zaps.</summary>
    /// <param name="steps">All steps, in order.</param>
    public static IReadOnlyList<Recovery> Of(IReadOnlyList<StepRow> steps)
    {
        var zaps = Enumerable.Range(0, steps.Count).Where(i => steps[i].AfterZap).ToList();
        return
        [
            .. zaps.Select((at, i) => new Recovery(
                i + 1,
                [.. steps.Skip(Math.Max(0, at - StepsBefore)).Take(Math.Min(StepsBefore, at))],
                [.. steps.Take(i + 1 < zaps.Count ? zaps[i + 1] : steps.Count).Skip(at)])),
        ];
    }
}
