using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>
/// Something that is added to the loss, such as a distance to a teacher's outputs or a penalty on weights. Say what determines it through <see cref="Resuming.IDescribed"/>, and a resume compares it.
/// </summary>
public interface ILossTerm
{
    /// <summary>The term's value, with its factor, as a scalar that is differentiated. It is called once for each part of a batch, on the training thread, after the forward pass.</summary>
    /// <param name="step">What it may look at.</param>
    /// <remarks>With gradient accumulation each part counts by its share of the examples, so that a mean over examples, or what does not depend on them, adds up to that of the whole batch.</remarks>
    Tensor Value(StepContext step);
}
