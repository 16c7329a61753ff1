using Zapping.Training.Parameters;

namespace Zapping.Training.Resets;

/// <summary>What one reset did.</summary>
/// <param name="Boundary">The boundary at which it ran.</param>
/// <param name="Ordinal">Which reset of its scheduler it was, counted from 0.</param>
/// <param name="Policy">The type name of the policy.</param>
/// <param name="Parameters">What was written, in order; empty if the policy chose to write nothing.</param>
/// <param name="Elapsed">
/// How long it took, without the norms. On a CUDA device the work is only enqueued by then.
/// </param>
public sealed record ResetReport(
    TrainingBoundary Boundary,
    long Ordinal,
    string Policy,
    IReadOnlyList<ParameterResetReport> Parameters,
    TimeSpan Elapsed);

/// <summary>What one rewrite did.</summary>
/// <param name="Parameter">The parameter's name in the model.</param>
/// <param name="Slice">Which entries were written.</param>
/// <param name="Entries">How many numbers that is.</param>
/// <param name="NormBefore">L2 norm of these entries before.</param>
/// <param name="NormAfter">L2 norm of these entries after.</param>
/// <param name="OptimizerState">What happened to the optimizers' memory of them.</param>
public sealed record ParameterResetReport(
    string Parameter,
    ParameterSlice Slice,
    long Entries,
    double NormBefore,
    double NormAfter,
    OptimizerStateReset OptimizerState);
