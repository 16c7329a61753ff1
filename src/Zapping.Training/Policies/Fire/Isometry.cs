using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>The isometry that lies nearest to a matrix, or the way toward it.</summary>
internal static class Isometry
{
    /// <summary>Replaces a weight by its isometry, in place.</summary>
    /// <param name="weight">[outputs, inputs, positions …], of single or double precision; each position of a kernel is a matrix of its own.</param>
    /// <param name="iterations">How many steps.</param>
    /// <param name="scale">Whether by sqrt(outputs / inputs).</param>
    public static void Project(Tensor weight, int iterations, bool scale)
    {
        var (outputs, inputs) = (weight.size(0), weight.size(1));
        var matrices = weight.reshape(outputs, inputs, -1).permute(2, 0, 1); // [positions, outputs, inputs]
        var isometries = NewtonSchulz(outputs < inputs ? matrices.transpose(1, 2) : matrices, iterations);
        var back = (outputs < inputs ? isometries.transpose(1, 2) : isometries).permute(1, 2, 0).reshape(weight.shape);
        using Scalar factor = (scale ? Math.Sqrt((double)outputs / inputs) : 1) / matrices.size(0);
        weight.copy_(back.mul(factor));
    }

    // [m, r, c] with r >= c. A matrix of zeros stays one.
    private static Tensor NewtonSchulz(Tensor matrices, int iterations)
    {
        using Scalar tiny = 1e-30;
        using Scalar three = 1.5;
        using Scalar half = -0.5;
        var norms = (matrices * matrices).sum([1, 2], keepdim: true).sqrt().clamp_min(tiny);
        var x = matrices / norms;
        for (var i = 0; i < iterations; i++)
        {
            x = x.mul(three).add_(x.bmm(x.transpose(1, 2).bmm(x)), alpha: half);
        }

        return x;
    }
}
