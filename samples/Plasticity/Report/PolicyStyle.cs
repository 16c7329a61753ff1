using Plasticity.Policies;
using ScottPlot;

namespace Plasticity.Report;

/// <summary>How a policy looks in all pictures: a color of Okabe and Ito's, which readers with any color vision tell apart, with another pattern where colors come again.</summary>
/// <param name="Color">Of line and bar.</param>
/// <param name="Pattern">Of the line.</param>
/// <param name="Width">Of the line.</param>
internal sealed record PolicyStyle(Color Color, LinePattern Pattern, float Width)
{
    private static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8B6914"];
    private static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.DenselyDashed, LinePattern.Dotted, LinePattern.Dashed];

    // The pairs of policies first, so that these and the policies that they are made of have colors of their own.
    private static readonly IReadOnlyList<string> Order =
    [
        "head", "l2-init", "head+l2-init", "redo", "shrink-tasks", "head+redo", "later-layers",
        .. PolicyRows.All.Select(row => row.Name).Except(["head", "l2-init", "head+l2-init", "redo", "shrink-tasks", "head+redo", "later-layers", PolicyRows.Plain, PolicyRows.AllNew], StringComparer.Ordinal),
    ];

    /// <summary>The style of a policy; plain training is black, and a new network gray and dashed.</summary>
    public static PolicyStyle Of(string policy)
    {
        switch (policy)
        {
            case PolicyRows.Plain:
                return new(Colors.Black, LinePattern.Solid, 3);
            case PolicyRows.AllNew:
                return new(Colors.Gray, LinePattern.Dashed, 2);
            default:
                var place = Math.Max(0, Order.ToList().IndexOf(policy));
                return new(Color.FromHex(Palette[place % Palette.Length]), Patterns[place / Palette.Length % Patterns.Length], 2);
        }
    }
}
