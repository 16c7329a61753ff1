using System.Globalization;
using System.Text;
using Plasticity.Policies;
using Spectre.Console;

namespace Plasticity.Report;

/// <summary>A comparison as a table, in Markdown and on the console.</summary>
internal static class Tables
{
    private static readonly (string Head, bool IsOnConsole, Func<ComparedPolicy, string> Cell)[] Columns =
    [
        ("policy (options)", true, policy => Named(policy) + (policy.Runs[0].Options.Count == 0 ? "" : $" ({PolicyRow.TextOf(policy.Runs[0].Options)})")),
        ("told of tasks", false, policy => PolicyRows.Find(policy.Name)?.KnowsTasks == true ? "yes" : ""),
        ("task 1", true, policy => policy.Scale.Text(policy.First)),
        ("early", true, policy => policy.Scale.Text(policy.Early)),
        ("last fifth (bootstrap)", true, policy => policy.Scale.Text(policy.Last)),
        ("against a new network", true, policy => policy.Name == PolicyRows.AllNew ? "" : policy.Scale.Difference(policy.Gap)),
        ("against plain (95 %)", true, policy => policy.Name == PolicyRows.Plain ? "" : policy.Scale.Difference(policy.Gain)),
        ("tasks 1 to 5 against plain", false, policy => policy.Name == PolicyRows.Plain ? "" : policy.Scale.Difference(policy.Price)),
        ("dead", true, policy => Number(policy.LastOf(task => task.Dead), "f2")),
        ("effective rank", true, policy => Number(policy.LastOf(task => task.EffectiveRank), "f0")),
        ("weight norm", true, policy => Number(policy.LastOf(task => task.WeightNorm), "f0")),
        ("plasticity", false, policy => policy.Runs.All(run => run.PerTask.All(task => task.Plasticity is not null)) ? Number(policy.LastOf(task => task.Plasticity!.Value), "f2") : ""),
        ("resets", false, policy => Number(policy.Runs.Average(own => own.Resets), "f0")),
        ("s", true, policy => Number(policy.Seconds, "f0")),
    ];

    /// <summary>The table of a problem, and what it says in words.</summary>
    public static string Markdown(IReadOnlyList<ComparedPolicy> policies)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"**{Title(policies)}**");
        text.AppendLine();
        var columns = Columns.Where(column => policies.Any(policy => column.Cell(policy).Length > 0)).ToList();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", columns.Select(column => column.Head))} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|{string.Concat(columns.Select(_ => " --- |"))}");
        foreach (var policy in policies)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", columns.Select(column => column.Cell(policy)))} |");
        }

        text.AppendLine();
        text.AppendLine(Words(policies));
        return text.ToString();
    }

    /// <summary>The columns for which there is room, on the console.</summary>
    public static void Show(IReadOnlyList<ComparedPolicy> policies)
    {
        var shown = Columns.Where(column => column.IsOnConsole).ToList();
        var table = new Table { Title = new TableTitle(Markup.Escape(Title(policies))) };
        table.AddColumns([.. shown.Select(column => column.Head)]);
        foreach (var policy in policies)
        {
            table.AddRow([.. shown.Select(column => Markup.Escape(column.Cell(policy)))]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(Words(policies));
    }

    /// <summary>Which are better than plain training beyond doubt, which are worse, and which cannot be told apart from it.</summary>
    public static string Words(IReadOnlyList<ComparedPolicy> policies)
    {
        var others = policies.Where(policy => policy.Name != PolicyRows.Plain && policy.Gain is not null).ToList();
        var parts = new List<string>
        {
            Say("Better than plain", others.Where(policy => policy.IsBetter(policy.Gain))),
            Say("worse", others.Where(policy => policy.IsWorse(policy.Gain))),
            Say("not told apart", others.Where(policy => policy.Gain is { IsSure: false, HasInterval: true })),
            Say("these lose plasticity (worse than a new network, and than their own early tasks)", policies.Where(policy => policy.LosesPlasticity)),
        };
        if (others.Exists(policy => policy.Gain is { HasInterval: false }))
        {
            parts.Insert(0, Say("One seed has no interval, so nothing is said of", others.Where(policy => policy.Gain is { HasInterval: false })));
        }

        return string.Join("; ", parts) + ".";

        static string Say(string what, IEnumerable<ComparedPolicy> which) => $"{what}: {string.Join(", ", which.Select(policy => policy.Name).DefaultIfEmpty("none"))}";
    }

    private static string Title(IReadOnlyList<ComparedPolicy> policies)
    {
        var any = policies[0].Runs[0];
        var seeds = string.Join(", ", policies.SelectMany(policy => policy.Runs).Select(run => run.Seed).Distinct().Order());
        return string.Create(CultureInfo.InvariantCulture, $"{any.Problem}, {any.Optimizer}, rate {any.LearningRate:r}, {any.Tasks} tasks, seeds {seeds}: {policies[0].Scale.Quantity}");
    }

    private static string Named(ComparedPolicy policy) => policy.Diverged == 0
        ? policy.Name
        : string.Create(CultureInfo.InvariantCulture, $"{policy.Name}, {policy.Diverged} of {policy.Runs.Count} diverged");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
