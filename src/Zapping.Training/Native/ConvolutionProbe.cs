using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Native;

/// <summary>
/// Compares float32 convolutions, their gradients and the gradients of those with float64, which libtorch computes by other code (not by
/// oneDNN). What is wrong only sometimes is caught by repetitions, before each of which freed memory is left full of NaN: code that
/// forgets to write part of a buffer then shows it.
/// </summary>
/// <remarks>
/// It draws from a generator of its own and computes on a thread of its own, so that neither the random state nor no_grad,
/// inference_mode, autocast or a dispose scope of the caller has to do with it.
/// </remarks>
/// <param name="convolve">What is held to the truth; default: libtorch's convolution of that shape.</param>
internal sealed class ConvolutionProbe(Func<ConvolutionShape, Tensor, Tensor, Tensor>? convolve = null)
{
    /// <summary>Relative to the largest value of the truth. Right convolutions stay below 1e-5; a dropped channel makes 1e-2 and more.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>libtorch on one thread takes oneDNN from 16 on.</summary>
    private const int Examples = 16;

    private readonly Func<ConvolutionShape, Tensor, Tensor, Tensor> _convolve = convolve ?? ((shape, input, weight) => shape.Convolve(input, weight));

    /// <summary>Shapes with an incomplete vector block of channels, of 16 as of 8: known to be wrong where the processor's caches are not reported.</summary>
    public static IReadOnlyList<ConvolutionShape> Tails { get; } = [new(2, 20, 20), new(2, 12, 12), new(2, 4, 4)];

    /// <summary>Whether forward and all gradients are right for every one of some shapes.</summary>
    /// <param name="shapes">The shapes; the first that is wrong ends the probe.</param>
    /// <param name="repetitions">Of each.</param>
    /// <param name="secondOrder">Whether the second order is looked at, too.</param>
    /// <returns>The first shape that is wrong; null if all are right.</returns>
    public ConvolutionShape? FirstWrong(IEnumerable<ConvolutionShape> shapes, int repetitions = 4, bool secondOrder = true)
    {
        foreach (var shape in shapes)
        {
            if (Measure(shape, Examples, repetitions, secondOrder).Any)
            {
                return shape;
            }
        }

        return null;
    }

    /// <summary>Counts how often each result of one shape is wrong.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="examples">At least 1.</param>
    /// <param name="repetitions">At least 1.</param>
    /// <param name="secondOrder">Whether the second order is looked at, too.</param>
    public ConvolutionErrors Measure(ConvolutionShape shape, int examples, int repetitions, bool secondOrder = true)
    {
        var errors = default(ConvolutionErrors);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                errors = Count(shape, examples, repetitions, secondOrder);
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? errors : throw new InvalidOperationException($"The probe of {shape} failed: {failure.Message}", failure);
    }

    private ConvolutionErrors Count(ConvolutionShape shape, int examples, int repetitions, bool secondOrder)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var size = ((shape.Kernel - 1) * shape.Dilation) + 1 + (3 * shape.Stride); // for an output of a few positions
        var input = rand(shape.InputShape(examples, size), ScalarType.Float32, CPU, generator: generator);
        var weight = randn(shape.WeightShape, ScalarType.Float32, CPU, generator: generator);
        using var outputs = shape.Convolve(input, weight);
        var along = rand(outputs.shape, ScalarType.Float32, CPU, generator: generator);
        var across = rand(shape.WeightShape, ScalarType.Float32, CPU, generator: generator);
        var truth = Results((convolved, with) => shape.Convolve(convolved, with), ScalarType.Float64);

        var wrong = new int[truth.Count];
        for (var i = 0; i < repetitions; i++)
        {
            using var repetition = NewDisposeScope();
            FreeNaNs();
            var results = Results((convolved, with) => _convolve(shape, convolved, with), ScalarType.Float32);
            for (var j = 0; j < wrong.Length; j++)
            {
                wrong[j] += IsRight(results[j], truth[j]) ? 0 : 1;
            }
        }

        return new ConvolutionErrors(wrong[0], wrong[1], wrong[2], wrong[3..].DefaultIfEmpty().Max());

        // The second order is that of one example, as in an inner loop: the gradients of <gradient by weight, a direction>.
        IReadOnlyList<Tensor> Results(Func<Tensor, Tensor, Tensor> convolution, ScalarType type)
        {
            var (x, w) = (input.detach().to(type).requires_grad_(), weight.detach().to(type).requires_grad_());
            var y = convolution(x, w);
            var first = autograd.grad([y], [x, w], [along.to(type)]);
            if (!secondOrder)
            {
                return [y.detach(), first[0], first[1]];
            }

            var one = x.narrow(0, 0, 1).detach().requires_grad_();
            var made = convolution(one, w);
            var inner = autograd.grad([(made * made).sum()], [w], create_graph: true, retain_graph: true)[0];
            var second = autograd.grad([(inner * across.to(type)).sum()], [one, w]);
            return [y.detach(), first[0], first[1], second[0], second[1]];
        }
    }

    // Blocks of the sizes that small convolutions ask for, from the allocator of this thread.
    private static void FreeNaNs()
    {
        using var scope = NewDisposeScope();
        using Scalar nan = float.NaN;
        var blocks = new List<Tensor>();
        for (var count = 64L; count <= 1 << 14; count *= 4)
        {
            for (var i = 0; i < 4; i++)
            {
                blocks.Add(full([count], nan, ScalarType.Float32, CPU));
            }
        }
    }

    private static bool IsRight(Tensor result, Tensor truth)
    {
        using var scope = NewDisposeScope();
        var scale = truth.abs().max().item<double>();
        return (result.to(ScalarType.Float64) - truth).abs().max().item<double>() <= Tolerance * scale; // NaN is not
    }
}

/// <summary>In how many repetitions each result of a convolution was wrong.</summary>
/// <param name="Forward">The outputs.</param>
/// <param name="InputGradient">The gradient by the input.</param>
/// <param name="WeightGradient">The gradient by the weight.</param>
/// <param name="SecondOrder">The gradients, by input and by weight, of a function of the gradient by the weight; of one example.</param>
internal readonly record struct ConvolutionErrors(int Forward, int InputGradient, int WeightGradient, int SecondOrder)
{
    public bool Any => this != default;
}
