using Microsoft.Extensions.Logging;

namespace Zapping.Training.Telemetry;

/// <summary>The events of <see cref="TrainerExtensions.UseLogging{TTrainer}(TTrainer, ILogger)"/>, where their ids are documented.</summary>
internal static partial class TrainingLog
{
    public static void Begins(ILogger log, TrainingBoundary boundary)
    {
        switch (boundary.Kind)
        {
            case BoundaryKind.TaskBoundary:
                TaskBegins(log, boundary.Index, boundary.Classes.Count);
                break;
            case BoundaryKind.EpochBoundary:
                EpochBegins(log, boundary.Index);
                break;
            case BoundaryKind.ClassBoundary:
                ClassBegins(log, boundary.Index, boundary.Classes is [var id, ..] ? id : -1);
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Task {Index} begins, with {Classes} classes")]
    private static partial void TaskBegins(ILogger log, long index, int classes);

    [LoggerMessage(2, LogLevel.Information, "Epoch {Index} begins")]
    private static partial void EpochBegins(ILogger log, long index);

    [LoggerMessage(3, LogLevel.Debug, "Class {ClassId} begins, number {Index}")]
    private static partial void ClassBegins(ILogger log, long index, int classId);

    [LoggerMessage(10, LogLevel.Debug, "{Policy} reset {Rows} rows of weights in {Microseconds:f1} us at {Boundary}, as reset {Ordinal}")]
    public static partial void WasReset(ILogger log, string policy, long rows, double microseconds, TrainingBoundary boundary, long ordinal);

    [LoggerMessage(20, LogLevel.Information, "Checkpoint {Name} saved after {Steps} steps")]
    public static partial void CheckpointSaved(ILogger log, string name, long steps);

    [LoggerMessage(21, LogLevel.Information, "Resumed from checkpoint {Name}, after {Steps} steps")]
    public static partial void Resumed(ILogger log, string name, long steps);

    [LoggerMessage(22, LogLevel.Warning, "A checkpoint could not be saved after {Steps} steps; training goes on")]
    public static partial void CheckpointFailed(ILogger log, Exception failure, long steps);

    [LoggerMessage(
        23, LogLevel.Information,
        "The convolutions of the saved run were computed otherwise ({Saved} there, {Own} here): sums may differ in their last bits from what that machine would have computed")]
    public static partial void ResumedOnOtherArithmetic(ILogger log, string saved, string own);

    [LoggerMessage(30, LogLevel.Error, "{Finding} at step {Step}, after {Boundary}; nothing was updated")]
    public static partial void NonFiniteStep(ILogger log, string finding, long step, string boundary);

    [LoggerMessage(40, LogLevel.Warning, "{Finding}")]
    public static partial void Convolutions(ILogger log, string finding);

    [LoggerMessage(
        41, LogLevel.Information,
        "This thread's blocks of more than 64 MiB are given back after each step, which makes large networks train up to 2.2 times as long: "
        + "train by NativeAllocator.RunAsync, or start the process with MALLOC_ARENA_MAX=1 in its environment")]
    public static partial void LargeBlocksGivenBack(ILogger log);

    [LoggerMessage(50, LogLevel.Information, "Settings of {Policy} changed: {Changes}")]
    public static partial void SettingsChanged(ILogger log, string policy, string changes);

    [LoggerMessage(51, LogLevel.Warning, "Changed settings of {Policy} are not used, and the old ones stay in force: {Reasons}")]
    public static partial void SettingsRefused(ILogger log, string policy, string reasons);
}
