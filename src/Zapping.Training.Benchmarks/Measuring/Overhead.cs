using MathNet.Numerics.Statistics;

namespace Zapping.Training.Benchmarks;

/// <summary>What the trainer takes beyond a bare loop.</summary>
/// <param name="Bare">Milliseconds of the bare loop, time by time.</param>
/// <param name="Trainer">Those of the trainer, each done right after its partner.</param>
internal sealed record Overhead(double[] Bare, double[] Trainer)
{
    public static Overhead Of(ClassOfImages images, int atLeast)
    {
        var (bare, trainer) = Times.InTurn(atLeast, images.BareLoop, images.Trainer);
        return new Overhead(bare, trainer);
    }

    /// <summary>Milliseconds for one image: the median over pairs.</summary>
    public double PerImage => Trainer.Zip(Bare, (trainer, bare) => (trainer - bare) / ClassOfImages.Images).Median();

    /// <summary>As fractions of the bare loop, pair by pair.</summary>
    public double[] Fractions => [.. Trainer.Zip(Bare, (trainer, bare) => (trainer / bare) - 1)];
}
