using Zapping.Training.Telemetry;

namespace Zapping.Training.Checkpoints;

/// <summary>Saves a trainer every so many steps.</summary>
internal sealed record CheckpointPlan(
    CheckpointStore Store, long EverySteps, Func<double?>? Score, IReadOnlyDictionary<string, string>? Notes)
{
    public void SaveIfDue(Trainer trainer)
    {
        if (trainer.State.Steps % EverySteps != 0)
        {
            return;
        }

        try
        {
            Store.Save(trainer, Score?.Invoke(), Notes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            TrainingLog.CheckpointFailed(trainer.Log, failure, trainer.State.Steps);
            Store.OnSaveFailed(failure);
        }
    }
}
