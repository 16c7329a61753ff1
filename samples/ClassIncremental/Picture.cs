using ScottPlot;

namespace ClassIncremental;

/// <summary>Draws what became of both networks as a PNG.</summary>
internal static class Picture
{
    private const string Font = "DejaVu Sans";

    // Okabe and Ito's colors, which the color-blind tell apart.
    private static readonly Color Without = Color.FromHex("#D55E00");
    private static readonly Color With = Color.FromHex("#0072B2");

    public static void Save(IReadOnlyList<Accuracy> without, IReadOnlyList<Accuracy> with, string path)
    {
        // The sample brings its font, because small systems have none.
        Fonts.AddFontFile(Font, Path.Combine(AppContext.BaseDirectory, "DejaVuSans.ttf"));
        Fonts.Default = Font;

        var picture = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Grid(1, 2) };
        picture.AddPlots(2);
        Draw(picture.Subplots.GetPlot(0), "all classes seen so far", accuracy => accuracy.All);
        Draw(picture.Subplots.GetPlot(1), "the classes that arrived", accuracy => accuracy.New);
        picture.SavePng(path, 1200, 480);

        void Draw(Plot plot, string title, Func<Accuracy, double> value)
        {
            foreach (var (course, color, name) in new[] { (without, Without, "without zapping"), (with, With, "with zapping") })
            {
                var points = course.Where(accuracy => !double.IsNaN(value(accuracy))).ToList();
                var line = plot.Add.Scatter(points.ConvertAll(point => (double)point.ClassesSeen), points.ConvertAll(value.Invoke), color);
                line.LineWidth = 2.5f;
                line.MarkerSize = 0;
                line.LegendText = name;
            }

            plot.Axes.SetLimitsY(0, 100);
            plot.Title(title, size: 15);
            plot.XLabel("classes seen");
            plot.YLabel("accuracy (%)");
            plot.ShowLegend(Alignment.LowerRight);
        }
    }
}
