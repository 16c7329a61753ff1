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

    // Okabe and Ito's colors, which readers with any color vision tell apart; the references are gray and black.
    private static readonly string[] Colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

    /// <summary>Accuracy by task of plain training, a new network and the policies that end highest.</summary>
    /// <returns>What was drawn where.</returns>
    public static string SaveAccuracy(string path, IReadOnlyList<ComparedPolicy> policies)
    {
        PlotFont.Use();
        using var plot = new Plot();
        foreach (var (policy, color) in Chosen(policies))
        {
            AddLine(plot, policy, color, run => [.. run.Accuracies]);
        }

        var any = policies[0].Runs[0];
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = share => share.ToString("p0", CultureInfo.InvariantCulture) };
        Finish(plot, $"{any.Problem}, {any.Optimizer}: mean, lowest and highest of {policies.Max(policy => policy.Runs.Count)} seeds{(policies.Count > MostLines ? "; the six that end highest" : "")}", any.CountsFinal ? "test accuracy" : "online accuracy");
        plot.ShowLegend(Edge.Right);
        plot.SavePng(path, Width, Height);
        return path;
    }

    /// <summary>What happens inside: dead units, effective rank, norms of weights and gradients.</summary>
    public static string SaveInside(string path, IReadOnlyList<ComparedPolicy> policies)
    {
        PlotFont.Use();
        var picture = new Multiplot { Layout = new Grid(2, 2) };
        picture.AddPlots(4);
        foreach (var (index, (title, measure)) in Measures.Index())
        {
            var plot = picture.Subplots.GetPlot(index);
            foreach (var (policy, color) in Chosen(policies))
            {
                AddLine(plot, policy, color, run => [.. run.PerTask.Select(measure)]);
            }

            Finish(plot, title, "");
            if (index == 1)
            {
                plot.ShowLegend(Edge.Right);
            }
            else
            {
                plot.HideLegend();
            }
        }

        picture.SavePng(path, Width + 300, 2 * Height * 3 / 4);
        return path;
    }

    private static readonly (string Title, Func<TaskRecord, double> Measure)[] Measures =
    [
        ("share of dead units", task => task.Dead),
        ("effective rank of the features", task => task.EffectiveRank),
        ("norm of the weights", task => task.WeightNorm),
        ("norm of the gradient", task => task.GradientNorm),
    ];

    private static IEnumerable<(ComparedPolicy Policy, Color Color)> Chosen(IReadOnlyList<ComparedPolicy> policies)
    {
        var best = policies.Where(policy => policy.Name is not (PolicyRows.Plain or PolicyRows.AllNew)).OrderByDescending(policy => policy.Last.Mean).Take(MostLines - 2).ToList();
        var next = 0;
        foreach (var policy in policies.Where(policy => policy.Name is PolicyRows.Plain or PolicyRows.AllNew || best.Contains(policy)))
        {
            yield return (policy, policy.Name switch
            {
                PolicyRows.Plain => ScottPlot.Colors.Black,
                PolicyRows.AllNew => ScottPlot.Colors.Gray,
                _ => Color.FromHex(Colors[next++]),
            });
        }
    }

    private static void AddLine(Plot plot, ComparedPolicy policy, Color color, Func<RunRecord, double[]> values)
    {
        var runs = policy.Runs.Select(values).ToList();
        double[] Over(Func<IEnumerable<double>, double> ofSeeds) => [.. Enumerable.Range(0, runs[0].Length).Select(task => ofSeeds(runs.Select(run => run[task])))];
        double[] tasks = [.. Enumerable.Range(1, runs[0].Length)];
        if (runs.Count > 1)
        {
            var band = plot.Add.FillY(tasks, Over(Enumerable.Min), Over(Enumerable.Max));
            band.FillColor = color.WithAlpha(0.15);
            band.LineWidth = 0;
        }

        var line = plot.Add.Scatter(tasks, Over(Enumerable.Average), color);
        line.MarkerSize = 0;
        line.LineWidth = policy.Name == PolicyRows.Plain ? 3 : 2;
        line.LinePattern = policy.Name == PolicyRows.AllNew ? LinePattern.Dashed : LinePattern.Solid;
        line.LegendText = policy.Name;
    }

    private static void Finish(Plot plot, string title, string quantity)
    {
        plot.Title(title, size: 15);
        plot.Axes.Title.Label.Bold = false;
        plot.XLabel("task");
        plot.YLabel(quantity);
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
    }
}
