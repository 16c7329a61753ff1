using System.Globalization;
using System.Text;
using Plasticity.Policies;

namespace Plasticity.Report;

/// <summary>A comparison in Markdown.</summary>
internal static class Tables
{
    /// <summary>The table of a problem, and what it says in words.</summary>
    public static string Markdown(IReadOnlyList<ComparedPolicy> policies)
    {
        var any = policies[0].Runs[0];
        var text = new StringBuilder();
        text.AppendLine(Text($"**{any.Problem}, {any.Optimizer}, rate {any.LearningRate:r}, {any.Tasks} tasks, seeds {string.Join(", ", policies.SelectMany(policy => policy.Runs).Select(run => run.Seed).Distinct().Order())}**"));
        text.AppendLine();
        text.AppendLine("| policy (options) | task 1 | early | last fifth (bootstrap) | against a new network | against plain (95 %) | dead | effective rank | weight norm | resets | s |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var policy in policies)
        {
            var run = policy.Runs[0];
            var options = run.Options.Count == 0 ? "" : $" ({PolicyRow.TextOf(run.Options)})";
            text.AppendLine(Text(
                $"| {policy.Name}{options} | {100 * policy.First:f1} | {100 * policy.Early:f1} | {Percent(policy.Last)} | {Points(policy.Gap)} | {(policy.Name == PolicyRows.Plain ? "" : Points(policy.Gain))} | {policy.LastOf(task => task.Dead):f2} | {policy.LastOf(task => task.EffectiveRank):f0} | {policy.LastOf(task => task.WeightNorm):f0} | {policy.Runs.Average(own => own.Resets):f0} | {policy.Seconds:f0} |"));
        }

        text.AppendLine();
        text.AppendLine(Words(policies));
        return text.ToString();
    }

    /// <summary>Which are better than plain training beyond doubt, which are worse, and which cannot be told apart from it.</summary>
    public static string Words(IReadOnlyList<ComparedPolicy> policies)
    {
        var others = policies.Where(policy => policy.Name != PolicyRows.Plain && policy.Gain is not null).ToList();
        var parts = new List<string>
        {
            Say("Better than plain", others.Where(policy => policy.Gain is { IsSure: true, Mean: > 0 })),
            Say("worse", others.Where(policy => policy.Gain is { IsSure: true, Mean: < 0 })),
            Say("not told apart", others.Where(policy => policy.Gain is { IsSure: false, HasInterval: true })),
            Say("These lose plasticity (below a new network, and below their own early tasks)", policies.Where(policy => policy.LosesPlasticity)),
        };
        if (others.Exists(policy => policy.Gain is { HasInterval: false }))
        {
            parts.Insert(0, Say("One seed has no interval, so nothing is said of", others.Where(policy => policy.Gain is { HasInterval: false })));
        }

        return string.Join("; ", parts) + ".";

        static string Say(string what, IEnumerable<ComparedPolicy> which) => $"{what}: {string.Join(", ", which.Select(policy => policy.Name).DefaultIfEmpty("none"))}";
    }

    private static string Percent(Estimate share) => share.HasInterval
        ? Text($"{100 * share.Mean:f1} ({100 * share.Low:f1} to {100 * share.High:f1})")
        : Text($"{100 * share.Mean:f1}");

    private static string Points(Estimate? difference) => difference switch
    {
        null => "",
        { HasInterval: false } one => Text($"{100 * one.Mean:+0.0;-0.0;0.0}"),
        { } some => Text($"{100 * some.Mean:+0.0;-0.0;0.0} ({100 * some.Low:+0.0;-0.0;0.0} to {100 * some.High:+0.0;-0.0;0.0})"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
