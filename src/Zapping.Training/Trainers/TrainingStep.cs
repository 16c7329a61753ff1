using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>One optimization step.</summary>
/// <param name="Index">Which step, counted from 0.</param>
/// <param name="Loss">The loss before the update.</param>
/// <param name="GradientNorm">Global L2 norm of the gradients before clipping; <see langword="null"/> without clipping.</param>
/// <param name="Outputs">The model's outputs [n, …] before the update; null if the step was one of the caller's own that told none.</param>
/// <param name="Labels">The labels [n]; null likewise.</param>
public sealed record TrainingStep(long Index, double Loss, double? GradientNorm, Tensor? Outputs, Tensor? Labels)
{
    /// <summary>The share of the batch that was recognized before the update, 0 to 1. It waits for the device.</summary>
    /// <exception cref="InvalidOperationException">The outputs are not [n, units], or the labels not [n] class ids.</exception>
    public double Accuracy()
    {
        if (Outputs is null || Labels is null || Outputs.dim() != 2 || Labels.dim() != 1 || Labels.dtype != ScalarType.Int64 || Labels.size(0) != Outputs.size(0))
        {
            throw new InvalidOperationException(
                $"Accuracy is of outputs [n, units] and class ids [n] of type Int64, but these are [{Shape(Outputs)}] "
                + $"and [{Shape(Labels)}] of type {Labels?.dtype}.");
        }

        return ClassHits.Fraction(Outputs, Labels);
    }

    private static string Shape(Tensor? tensor) => tensor is null ? "absent" : string.Join(", ", tensor.shape);
}
