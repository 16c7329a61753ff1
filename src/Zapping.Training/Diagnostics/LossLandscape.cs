using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Randomness;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>
/// How a loss bends around the present weights. The model is measured in eval mode, and afterwards it is bit for bit as it was: weights, buffers, gradients, mode; optimizers are not involved.
/// </summary>
/// <threadsafety>Not while the model is trained on another thread.</threadsafety>
public static class LossLandscape
{
    /// <summary>
    /// Into how many directions single examples pull: the effective rank, exp of the entropy, of the eigenvalues of the Gram matrix K_ij = g_i · g_j of the examples' gradients. From 1, where all pull alike, to
    /// their number; 0 where all gradients are 0. A cheap stand-in for the rank of the Hessian, whose loss goes with that of plasticity (Lewandowski et al. 2023).
    /// </summary>
    /// <param name="model">Its parameters that require a gradient take part. Gradients of all examples are held at once, in double precision.</param>
    /// <param name="examples">One backward pass each: some tens.</param>
    /// <param name="loss">Maps (outputs, labels) of a batch of one to a scalar; default: softmax cross-entropy.</param>
    /// <exception cref="ArgumentException">There is no example, or nothing requires a gradient.</exception>
    public static double GradientDiversity(nn.Module<Tensor, Tensor> model, LabeledBatch examples, Func<Tensor, Tensor, Tensor>? loss = null)
    {
        EnsureExamples(examples);
        using var measured = new LossProbe(model, loss);
        using var scope = NewDisposeScope();
        var gradients = stack(Enumerable.Range(0, checked((int)examples.Count))
            .Select(place => measured.FlatGradient(new LabeledBatch(examples.Inputs.narrow(0, place, 1), examples.Labels.narrow(0, place, 1)))));
        using var noGrad = no_grad();
        var eigenvalues = linalg.eigvalsh(gradients.mm(gradients.t()).cpu()).data<double>().Select(value => Math.Max(0, value)).ToArray(); // rounding can make a zero negative
        return FeatureStatistics.EffectiveRankOf(eigenvalues);
    }

    /// <summary>
    /// The largest eigenvalue of the loss's Hessian in absolute value, by power iteration on products of the Hessian and a vector, v &lt;- Hv / |Hv|: how sharply the loss bends where it bends most.
    /// </summary>
    /// <param name="model">Its parameters that require a gradient take part. It must have second derivatives.</param>
    /// <param name="examples">Taken as one batch.</param>
    /// <param name="iterations">At least 1; default 20. The estimate grows with them toward the eigenvalue.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    /// <param name="seed">Of the first vector.</param>
    /// <exception cref="ArgumentException">There is no example, or nothing requires a gradient.</exception>
    /// <exception cref="InvalidOperationException">The model or the loss has no second derivative.</exception>
    public static double Sharpness(nn.Module<Tensor, Tensor> model, LabeledBatch examples, int iterations = 20, Func<Tensor, Tensor, Tensor>? loss = null, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(iterations);
        EnsureExamples(examples);
        using var measured = new LossProbe(model, loss);
        using var scope = NewDisposeScope();
        return PowerIteration(measured, examples, iterations, [.. measured.Parameters.Select((parameter, place) => FirstVector(parameter, seed, place))]);
    }

    /// <summary>|Hv| after so many iterations.</summary>
    /// <param name="measured">The model.</param>
    /// <param name="examples">Taken as one batch.</param>
    /// <param name="iterations">At least 1.</param>
    /// <param name="vector">The first v, of the parameters' shapes; its length does not matter.</param>
    internal static double PowerIteration(LossProbe measured, LabeledBatch examples, int iterations, IReadOnlyList<Tensor> vector)
    {
        var length = Length(vector);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            vector = measured.HessianProduct(examples, Divided(vector, length));
            length = Length(vector);
            if (length == 0)
            {
                break; // a flat place
            }
        }

        return length;
    }

    private static List<Tensor> Divided(IReadOnlyList<Tensor> vector, double length)
    {
        using Scalar divisor = length;
        var parts = new List<Tensor>();
        foreach (var part in vector)
        {
            parts.Add(part.div(divisor));
        }

        return parts;
    }

    private static double Length(IReadOnlyList<Tensor> vector)
    {
        using var noGrad = no_grad();
        return Math.Sqrt(vector.Select(part => part.to(ScalarType.Float64).norm().item<double>()).Sum(norm => norm * norm));
    }

    private static Tensor FirstVector(Parameter parameter, ulong seed, int place)
    {
        using var generator = new Generator(StableHash.Mix(seed, (ulong)place));
        return randn(parameter.shape, parameter.dtype, generator: generator).to(parameter.device);
    }

    private static void EnsureExamples(LabeledBatch examples)
    {
        if (examples.Count == 0)
        {
            throw new ArgumentException("There is no example.", nameof(examples));
        }
    }
}
