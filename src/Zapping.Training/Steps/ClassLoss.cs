using System.Runtime.InteropServices;
using Zapping.Training.Heads;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>The loss where none is given: mean softmax cross-entropy, with messages that name labels and outputs.</summary>
internal static class ClassLoss
{
    private const long Ignored = -100; // by libtorch's cross-entropy

    /// <param name="outputs">[n, units, …].</param>
    /// <param name="labels">[n, …] class ids as 64-bit integers or bytes, or as many probabilities as outputs.</param>
    /// <exception cref="ArgumentException">They do not fit together.</exception>
    public static Tensor CrossEntropy(Tensor outputs, Tensor labels)
    {
        EnsureFit(outputs, labels);
        try
        {
            return nn.functional.cross_entropy(outputs, labels);
        }
        catch (ExternalException failure) when (failure.Message.Contains("out of bounds", StringComparison.Ordinal))
        {
            using var scope = NewDisposeScope();
            throw NoUnit(labels.min().item<long>() is var min && min < 0 && min != Ignored ? min : labels.max().item<long>(), outputs.size(1), failure);
        }
    }

    /// <exception cref="ArgumentException">The class is beyond the units.</exception>
    public static void EnsureUnit(long classId, long units)
    {
        if (classId >= units)
        {
            throw NoUnit(classId, units);
        }
    }

    /// <param name="classId">A class.</param>
    /// <param name="units">How many units the classifier has.</param>
    /// <param name="cause">What libtorch says, if it has been asked.</param>
    private static ArgumentException NoUnit(long classId, long units, Exception? cause = null) => new(
        $"Class {classId} has no unit: the model's outputs are for {units} classes, 0 to {units - 1}. Labels, boundaries and rows of the classifier count alike; "
        + $"{nameof(HeadGrowth)}.{nameof(HeadGrowth.Grow)} gives it more, and a growing head grows for the classes that an experience names.",
        cause);

    /// <exception cref="ArgumentException">Labels are neither class ids nor probabilities for such outputs.</exception>
    public static void EnsureFit(Tensor outputs, Tensor labels)
    {
        var areIds = labels.dtype is ScalarType.Int64 or ScalarType.Byte && labels.shape.AsSpan().SequenceEqual(WithoutUnits(outputs));
        var areProbabilities = labels.is_floating_point() && labels.shape.AsSpan().SequenceEqual(outputs.shape);
        if (!areIds && !areProbabilities)
        {
            throw new ArgumentException(
                $"Cross-entropy of outputs [{string.Join(", ", outputs.shape)}] takes labels [{string.Join(", ", WithoutUnits(outputs))}] "
                + $"of type Int64, or probabilities in the shape of the outputs, but the labels are [{string.Join(", ", labels.shape)}] of type {labels.dtype}. "
                + "Convert them with labels.to(ScalarType.Int64), or give the trainer a loss of your own.",
                nameof(labels));
        }
    }

    private static long[] WithoutUnits(Tensor outputs) => [.. outputs.shape.Where((_, dimension) => dimension != Math.Min(1, outputs.dim() - 1))];
}
