namespace Zapping.Training.Benchmarks;

/// <summary>What the paper's convnet with a classifier of 1000 units computes for one image.</summary>
internal static class ConvnetCost
{
    /// <summary>Height and width of what the second convolution reads.</summary>
    public const int SecondInput = 13;

    /// <summary>Multiply-adds of the second convolution, which is most of it.</summary>
    public static double SecondConvolution(int width) => Convolution(output: 11, width, width);

    /// <summary>Multiply-adds of a forward pass: 0.08 billion at 256 filters.</summary>
    public static double Forward(int width) =>
        Convolution(output: 26, 1, width) + SecondConvolution(width) + Convolution(output: 3, width, width) + (9.0 * width * 1000);

    /// <summary>Floating-point operations of a training step: the backward pass has two products for each of the forward pass.</summary>
    public static double TrainingStep(int images, int width) => 2.0 * 3 * images * Forward(width);

    private static double Convolution(int output, int from, int to) => (double)output * output * 9 * from * to;
}
