using System.Globalization;
using Diagnostics.Training;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using ScottPlot.TickGenerators;
using Zapping.Samples;

namespace Diagnostics.Report;

/// <summary>The matrices of tasks as heat maps: a row for each arm, a column for each matrix, and one scale of colors a column.</summary>
internal static class HeatMaps
{
    private const int PanelSize = 520;

    private static readonly Dictionary<string, (string Title, string Vertical, IColormap Colors, bool IsSigned)> Looks = new(StringComparer.Ordinal)
    {
        ["accuracy"] = ("query accuracy", "after learning task", new ScottPlot.Colormaps.Viridis(), false),
        ["loss"] = ("query loss", "after learning task", new ScottPlot.Colormaps.Viridis(), false),
        ["gradient cosine"] = ("cosine of gradients, at the end", "gradient of task", new ScottPlot.Colormaps.Balance(), true),
        ["loss change"] = ("change of loss by a step, at the end", "step on task", new ScottPlot.Colormaps.Balance(), true),
    };

    public static void Save(string path, IReadOnlyList<ArmResult> arms)
    {
        PlotFont.Use();
        var matrices = arms.Select(TaskMatrices.Of).ToList();
        var picture = new Multiplot { Layout = new Grid(arms.Count, Looks.Count) };
        picture.AddPlots(arms.Count * Looks.Count);
        for (var column = 0; column < Looks.Count; column++)
        {
            var scale = Scale(matrices.SelectMany(all => all[column].Values.Cast<double>()), Looks[matrices[0][column].Name].IsSigned);
            for (var row = 0; row < arms.Count; row++)
            {
                Draw(picture.Subplots.GetPlot((row * Looks.Count) + column), matrices[row][column], arms[row].Arm, scale);
            }
        }

        picture.SavePng(path, PanelSize * Looks.Count, PanelSize * arms.Count);
    }

    private static ScottPlot.Range Scale(IEnumerable<double> values, bool isSigned)
    {
        var known = values.Where(double.IsFinite).DefaultIfEmpty(1).ToList();
        var largest = known.Max(Math.Abs);
        return isSigned ? new ScottPlot.Range(-largest, largest) : new ScottPlot.Range(0, known.Max());
    }

    private static void Draw(Plot plot, NamedMatrix matrix, Arm arm, ScottPlot.Range scale)
    {
        var (title, vertical, colors, _) = Looks[matrix.Name];
        var map = plot.Add.Heatmap(matrix.Values);
        map.Colormap = colors;
        map.ManualRange = scale;
        map.FlipVertically = true;
        AddNumbers(plot, matrix.Values, scale, colors);
        plot.Add.ColorBar(map);
        plot.Title($"{title}\n{arm.Title()}", size: 14);
        plot.Axes.Title.Label.Bold = false;
        Label(plot.Axes.Bottom, "task", matrix.Values.GetLength(1));
        Label(plot.Axes.Left, vertical, matrix.Values.GetLength(0));
        plot.Axes.Margins(0, 0);
        plot.HideGrid();
    }

    private static void AddNumbers(Plot plot, double[,] values, ScottPlot.Range scale, IColormap colors)
    {
        for (var row = 0; row < values.GetLength(0); row++)
        {
            for (var column = 0; column < values.GetLength(1); column++)
            {
                if (!double.IsFinite(values[row, column]))
                {
                    continue; // neither a number nor a color
                }

                var rounded = Math.Round(values[row, column], 2) + 0.0; // -0 + 0 is 0
                var text = plot.Add.Text(rounded.ToString("0.00", CultureInfo.InvariantCulture), column, row);
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontSize = 11;
                text.LabelFontColor = colors.GetColor(values[row, column], scale).Luminance > 0.5 ? Colors.Black : Colors.White;
            }
        }
    }

    private static void Label(IAxis axis, string title, int count)
    {
        var ticks = Enumerable.Range(0, count).Select(i => new Tick(i, (i + 1).ToString(CultureInfo.InvariantCulture)));
        axis.TickGenerator = new NumericManual([.. ticks]);
        axis.Label.Text = title;
        axis.Label.Bold = false;
    }
}
