using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>What the forward pass of a step gives.</summary>
/// <param name="Loss">A scalar that is differentiated.</param>
/// <param name="Outputs">What observers are told of, usually logits [n, classes]; null if there is no such thing.</param>
/// <param name="Labels">What belongs to the outputs, usually [n] class ids; null if there is no such thing.</param>
public readonly record struct StepResult(Tensor Loss, Tensor? Outputs = null, Tensor? Labels = null)
{
    /// <summary>A loss alone.</summary>
    /// <param name="loss">A scalar.</param>
    public static implicit operator StepResult(Tensor loss) => new(loss);
}
