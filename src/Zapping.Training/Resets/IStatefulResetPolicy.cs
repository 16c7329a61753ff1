using static TorchSharp.torch;

namespace Zapping.Training.Resets;

/// <summary>
/// A policy that remembers something from reset to reset, such as how useful units have been. It serves one model and one
/// scheduler. Checkpoints save what it remembers beside the model, and a resumed run repeats itself exactly.
/// </summary>
public interface IStatefulResetPolicy : IResetPolicy
{
    /// <summary>
    /// All that the policy remembers, by distinct names: the tensors themselves and no copies, the same ones at each call. A
    /// checkpoint saves them, and a resume writes into them. They change only in
    /// <see cref="ResetContext.OnWritten"/> and in forward passes.
    /// </summary>
    IReadOnlyList<KeyValuePair<string, Tensor>> State { get; }

    /// <summary>
    /// What of <see cref="State"/> forward passes change, which a trainer copies before each step to put it back if the step fails. Default: all of it. A policy whose state is large, and changes in
    /// <see cref="ResetContext.OnWritten"/> alone, says that here.
    /// </summary>
    IEnumerable<KeyValuePair<string, Tensor>> StateOfPasses => State;
}
