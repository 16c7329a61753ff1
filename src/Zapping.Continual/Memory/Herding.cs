using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>Orders the examples of a class by their features (<see cref="ExemplarSelection"/>).</summary>
internal static class Herding
{
    /// <summary>The first examples by herding.</summary>
    /// <param name="features">[n, d], finite.</param>
    /// <param name="count">How many, at most n.</param>
    public static int[] Order(Tensor features, int count)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var unit = Unit(features);
        var (n, width) = ((int)unit.size(0), (int)unit.size(1));
        var values = unit.data<double>().ToArray();
        var mean = Mean(values, n, width);
        var (sum, chosen, isChosen) = (new double[width], new int[count], new bool[n]);
        for (var k = 0; k < count; k++)
        {
            var (best, least) = (-1, double.PositiveInfinity);
            for (var i = 0; i < n; i++)
            {
                if (!isChosen[i] && Distance(values.AsSpan(i * width, width), sum, mean, k + 1) is var distance && distance < least)
                {
                    (best, least) = (i, distance);
                }
            }

            (chosen[k], isChosen[best]) = (best, true);
            for (var j = 0; j < width; j++)
            {
                sum[j] += values[(best * width) + j];
            }
        }

        return chosen;
    }

    /// <summary>The examples closest to the mean.</summary>
    /// <param name="features">[n, d], finite.</param>
    /// <param name="count">How many, at most n.</param>
    public static int[] Closest(Tensor features, int count)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var unit = Unit(features);
        var (n, width) = ((int)unit.size(0), (int)unit.size(1));
        var values = unit.data<double>().ToArray();
        var (mean, none) = (Mean(values, n, width), new double[width]);
        return [.. Enumerable.Range(0, n).OrderBy(i => Distance(values.AsSpan(i * width, width), none, mean, 1)).Take(count)];
    }

    private static Tensor Unit(Tensor features)
    {
        using TorchSharp.Scalar least = 1e-12;
        var precise = features.detach().cpu().to(ScalarType.Float64).contiguous();
        return (precise / (precise * precise).sum(1, keepdim: true).sqrt().clamp_min(least)).contiguous();
    }

    private static double[] Mean(double[] values, int n, int width)
    {
        var mean = new double[width];
        for (var i = 0; i < values.Length; i++)
        {
            mean[i % width] += values[i];
        }

        return Array.ConvertAll(mean, sum => sum / n);
    }

    private static double Distance(ReadOnlySpan<double> row, double[] sum, double[] mean, int k)
    {
        var squares = 0.0;
        for (var j = 0; j < row.Length; j++)
        {
            var difference = mean[j] - ((row[j] + sum[j]) / k);
            squares += difference * difference;
        }

        return squares;
    }
}
