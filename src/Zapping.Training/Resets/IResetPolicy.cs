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
    /// been written.
    /// </summary>
    /// <param name="context">The model, the boundary and the way to write; valid during the call only.</param>
    void Apply(ResetContext context);
}
