namespace Zapping.Training;

/// <summary>
/// Where a trainer is in its life: how many of each kind it has begun, which is also the index of the next boundary,
/// and how far <c>Fit</c> had come in what is still open. A later <c>Fit</c> goes on there.
/// </summary>
/// <param name="Steps">Optimization steps, or episodes.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Classes">Classes; episodes count here too, because each begins one.</param>
/// <param name="Tasks">Tasks.</param>
/// <param name="EpochSteps">Steps made in the open epoch; null between epochs.</param>
/// <param name="TaskClasses">Classes finished in the open task; null between tasks.</param>
/// <param name="ClassSteps">Steps made in the open class; null between classes.</param>
/// <param name="TaskEpochs">Epochs finished in the open task; null between tasks, and in one of classes.</param>
/// <param name="IsStepBegun">Whether the boundary of the next step has been signaled, since that step has failed: it is not signaled again.</param>
public sealed record TrainerState(
    long Steps,
    long Epochs,
    long Classes,
    long Tasks,
    long? EpochSteps = null,
    int? TaskClasses = null,
    long? ClassSteps = null,
    long? TaskEpochs = null,
    bool IsStepBegun = false)
{
    /// <summary>Epochs without the open one: a resumed run has so many fewer to make.</summary>
    public long FinishedEpochs => Epochs - (EpochSteps is null ? 0 : 1);

    /// <summary>Tasks without the open one.</summary>
    public long FinishedTasks => Tasks - (IsTaskOpen ? 1 : 0);

    internal bool IsTaskOpen => TaskClasses is not null || TaskEpochs is not null;
}
