namespace Zapping.Training;

/// <summary>
/// What is about to begin. Bring the members into scope with
/// <c>using static Zapping.Training.BoundaryKind;</c> and write <c>UseZapping(every: ClassBoundary)</c>.
/// </summary>
public enum BoundaryKind
{
    /// <summary>An optimization step, before its forward pass.</summary>
    StepBoundary,

    /// <summary>A pass over shuffled data.</summary>
    EpochBoundary,

    /// <summary>The examples of one class.</summary>
    ClassBoundary,

    /// <summary>A task: a set of classes that arrive together.</summary>
    TaskBoundary,
}
