using System.Globalization;
using Plasticity.Policies;
using Plasticity.Runs;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using Zapping.Samples;

namespace Plasticity.Report;

/// <summary>Curves over tasks: mean, lowest and highest of the seeds.</summary>
internal static class Pictures
{
    private const int MostLines = 8;
    private const int Width = 900;
    private const int Height = 520;

    private static readonly (string Title, Func<TaskRecord, double> Measure)[] Measures =
    [
        ("share of dead units", task => task.Dead),
        ("effective rank of the features", task => task.EffectiveRank),
        ("norm of the weights", task => task.WeightNorm),
        ("norm of the gradient", task => task.GradientNorm),
    ];

    /// <summary>What counts, by task, of plain training, a new network and the policies that end best.</summary>
    /// <returns>Where it is.</returns>
    public static string SaveScores(string path, IReadOnlyList<ComparedPolicy> policies)
    {
        using var plot = Begin();
        foreach (var policy in Chosen(policies))
        {
            AddLine(plot, policy, policy.Runs, run => [.. run.Scores.Select(policy.Scale.Times)]);
        }

        return Save(plot, path, policies, Unit(policies[0].Scale));
    }

    /// <summary>The same, task by task and seed by seed against a new network on the same task.</summary>
    /// <returns>Where it is; null without runs of a new network.</returns>
    public static string? SaveGaps(string path, IReadOnlyList<ComparedPolicy> policies)
    {
        if (policies.FirstOrDefault(policy => policy.Name == PolicyRows.AllNew) is not { } reference)
        {
            return null;
        }

        using var plot = Begin();
        plot.Add.HorizontalLine(0, color: Colors.Gray, pattern: LinePattern.Dashed);
        var news = reference.Runs.ToDictionary(run => run.Seed, run => run.Scores.ToList());
        foreach (var policy in Chosen(policies).Where(policy => policy != reference))
        {
            AddLine(plot, policy, [.. policy.Runs.Where(run => news.ContainsKey(run.Seed))], run => [.. run.Scores.Zip(news[run.Seed], (own, other) => policy.Scale.Times(own - other))]);
        }

        return Save(plot, path, policies, $"{Unit(policies[0].Scale)}, minus that of a new network");
    }

    /// <summary>What happens inside: dead units, effective rank, norms of weights and gradients.</summary>
    /// <returns>Where it is.</returns>
    public static string SaveInside(string path, IReadOnlyList<ComparedPolicy> policies)
    {
        PlotFont.Use();
        var layout = new CustomGrid();
        var picture = new Multiplot { Layout = layout };
        picture.AddPlots(Measures.Length + 1);
        var chosen = Chosen(policies);
        foreach (var (index, (title, measure)) in Measures.Index())
        {
            var plot = picture.Subplots.GetPlot(index);
            foreach (var policy in chosen)
            {
                AddLine(plot, policy, policy.Runs, run => [.. run.PerTask.Select(measure)]);
            }

            Finish(plot, title, "");
            plot.HideLegend();
            layout.Set(plot, new GridCell(index / 2, index % 2 * 2, 2, 5, rowSpan: 1, colSpan: 2)); // two fifths of the width each, and one for the legend
        }

        var legend = picture.Subplots.GetPlot(Measures.Length);
        legend.HideAxesAndGrid();
        legend.ShowLegend([.. chosen.Select(Item)], Alignment.MiddleCenter);
        layout.Set(legend, new GridCell(0, 4, 2, 5, rowSpan: 2, colSpan: 1));
        picture.SavePng(path, Width + 200, Height * 3 / 2);
        return path;
    }

    /// <summary>Every policy on every problem: the last fifth of the tasks against a new network, with its interval, in one order.</summary>
    /// <param name="path">Where it is to be.</param>
    /// <param name="problems">Names of the comparisons, with their policies. Those of losses are left out: they have another unit.</param>
    /// <returns>Where it is; null if there is nothing to compare.</returns>
    public static string? SaveBars(string path, IReadOnlyList<(string Name, IReadOnlyList<ComparedPolicy> Policies)> problems)
    {
        var shown = problems.Where(problem => !problem.Policies[0].Scale.IsLowerBetter && problem.Policies.Any(policy => policy.Name == PolicyRows.AllNew)).ToList();
        var names = PolicyRows.All.Select(row => row.Name).Where(name => name != PolicyRows.AllNew && shown.Exists(problem => problem.Policies.Any(policy => policy.Name == name))).Reverse().ToList();
        if (shown.Count < 2)
        {
            return null;
        }

        PlotFont.Use();
        var picture = new Multiplot { Layout = new Grid(1, shown.Count) };
        picture.AddPlots(shown.Count);
        foreach (var (index, (title, policies)) in shown.Index())
        {
            var plot = picture.Subplots.GetPlot(index);
            foreach (var policy in policies.Where(policy => policy.Name != PolicyRows.AllNew && policy.Gap is not null))
            {
                AddBar(plot, policy, names.IndexOf(policy.Name));
            }

            plot.Add.VerticalLine(0, color: Colors.Gray);
            plot.Axes.Left.SetTicks([.. names.Select((_, place) => (double)place)], [.. names]);
            plot.Axes.SetLimitsY(-1, names.Count);
            Finish(plot, title, "");
            plot.XLabel("points above a new network", size: 12);
        }

        picture.SavePng(path, 440 * shown.Count, 100 + (26 * names.Count));
        return path;
    }

    private static Plot Begin()
    {
        PlotFont.Use();
        return new Plot();
    }

    private static string Save(Plot plot, string path, IReadOnlyList<ComparedPolicy> policies, string quantity)
    {
        Finish(plot, Title(policies), quantity);
        plot.ShowLegend(Edge.Right);
        plot.SavePng(path, Width, Height);
        return path;
    }

    private static void AddBar(Plot plot, ComparedPolicy policy, int place)
    {
        var (gap, scale) = (policy.Gap!.Value, policy.Scale);
        plot.Add.Bar(new Bar { Orientation = Orientation.Horizontal, Position = place, Value = scale.Times(gap.Mean), FillColor = PolicyStyle.Of(policy.Name).Color, LineWidth = 0, Size = 0.7 });
        if (gap.HasInterval)
        {
            var interval = plot.Add.Line(scale.Times(gap.Low), place, scale.Times(gap.High), place);
            (interval.LineColor, interval.LineWidth, interval.MarkerSize) = (Colors.Black, 1.5f, 0);
        }
    }

    // The references, and of many policies those that end best.
    private static IReadOnlyList<ComparedPolicy> Chosen(IReadOnlyList<ComparedPolicy> policies)
    {
        var best = policies.Where(policy => policy.Name is not (PolicyRows.Plain or PolicyRows.AllNew))
            .OrderByDescending(policy => policy.Scale.IsLowerBetter ? -policy.Last.Mean : policy.Last.Mean).Take(MostLines - 2).ToList();
        return [.. policies.Where(policy => policy.Name is PolicyRows.Plain or PolicyRows.AllNew || best.Contains(policy))];
    }

    private static void AddLine(Plot plot, ComparedPolicy policy, IReadOnlyList<RunRecord> of, Func<RunRecord, double[]> values)
    {
        var runs = of.Select(values).ToList();
        double[] Over(Func<IEnumerable<double>, double> ofSeeds) => [.. Enumerable.Range(0, runs[0].Length).Select(task => ofSeeds(runs.Select(run => run[task])))];
        double[] tasks = [.. Enumerable.Range(1, runs[0].Length)];
        var style = PolicyStyle.Of(policy.Name);
        if (runs.Count > 1)
        {
            var band = plot.Add.FillY(tasks, Over(Enumerable.Min), Over(Enumerable.Max));
            band.FillColor = style.Color.WithAlpha(0.15);
            band.LineWidth = 0;
        }

        var line = plot.Add.Scatter(tasks, Over(Enumerable.Average), style.Color);
        (line.MarkerSize, line.LineWidth, line.LinePattern, line.LegendText) = (0, style.Width, style.Pattern, policy.Name);
    }

    private static LegendItem Item(ComparedPolicy policy)
    {
        var style = PolicyStyle.Of(policy.Name);
        return new() { LabelText = policy.Name, LineColor = style.Color, LineWidth = style.Width, LinePattern = style.Pattern };
    }

    private static string Title(IReadOnlyList<ComparedPolicy> policies)
    {
        var any = policies[0].Runs[0];
        var rule = policies.Count <= MostLines ? "" : string.Create(CultureInfo.InvariantCulture, $"; of {policies.Count - 2} policies the {MostLines - 2} that end best");
        return string.Create(CultureInfo.InvariantCulture, $"{any.Problem}, {any.Optimizer}: mean, lowest and highest of {policies.Max(policy => policy.Runs.Count)} seeds{rule}");
    }

    private static string Unit(Scale scale) => scale.IsLowerBetter ? scale.Quantity : $"{scale.Quantity}, %";

    private static void Finish(Plot plot, string title, string quantity)
    {
        plot.Title(title, size: 15);
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel("task");
        plot.YLabel(quantity);
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
    }
}
