namespace Zapping.Training.Steps;

/// <summary>
/// Changes what a step does between its backward pass and the optimizers' update, such as masks on gradients, sums over processes, or the second pass of sharpness-aware minimization. Order of a step: forward and
/// backward pass, the rules in the order in which they were added, the look at what is not finite, clipping, the optimizers, the rules' <see cref="OnUpdated"/>, observers, checkpoints.
/// </summary>
public interface IUpdateRule
{
    /// <summary>Whether <see cref="OnGradients"/> may write parameters; then they are remembered before each step, and put back if it fails. Default: no.</summary>
    bool WritesParameters => false;

    /// <summary>The gradients are in the parameters. If this throws, the step is undone.</summary>
    /// <param name="update">The step.</param>
    void OnGradients(UpdateContext update);

    /// <summary>The optimizers have moved the parameters, and nobody has been told yet.</summary>
    /// <param name="update">The step; <see cref="UpdateContext.Again"/> is not possible any more.</param>
    void OnUpdated(UpdateContext update)
    {
    }
}
