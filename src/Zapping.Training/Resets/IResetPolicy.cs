using Zapping.Training.Parameters;
using Zapping.Training.Resets;

namespace Zapping.Training;

/// <summary>
/// Decides what is reset, and to what. A policy holds no state of its own: what it needs comes with the
/// context, so that one policy can serve several schedulers and a resumed run repeats itself exactly. One that must
/// remember something is an <see cref="IStatefulResetPolicy"/>.
/// </summary>
public interface IResetPolicy
{
    /// <summary>
    /// Plans the reset by calling
    /// <see cref="ResetContext.Reset(TorchSharp.Modules.Parameter, ParameterSlice, Initializer, OptimizerStateReset)"/>
    /// any number of times. The writes happen together after this method has returned; if it throws, nothing has
    /// been written. Tensors that it makes, and does not detach from its dispose scope, are freed after the writes.
    /// </summary>
    /// <param name="context">The model, the boundary and the way to write; valid during the call only.</param>
    /// <remarks>
    /// At a boundary of a trainer the gradients of the step before are still in the parameters, as the optimizers have used them: summed over micro-batches, changed by update
    /// rules, and clipped. They are absent before the first step, after a step that failed, in episodes, and in a loop of your own that clears them before it signals the boundary.
    /// A policy that reads them says so by <see cref="ReadsGradients"/>.
    /// </remarks>
    void Apply(ResetContext context);

    /// <summary>
    /// Whether the policy reads the gradients of the last step. Checkpoints then keep them, in a file as large as the model, so that the first reset of a resumed run is that of the unbroken one. Default: no.
    /// </summary>
    bool ReadsGradients => false;

    /// <summary>
    /// Names of the layers whose hidden units the policy replaces. A trainer refuses two policies that would replace units of one layer at one boundary, where the second would undo what the first has begun. Default:
    /// none, as of a policy that writes rows of the classifier or maps weights.
    /// </summary>
    IReadOnlyCollection<string> UnitLayers => [];
}
