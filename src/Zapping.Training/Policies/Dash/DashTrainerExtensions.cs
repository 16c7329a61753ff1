using Zapping.Training.Data;

namespace Zapping.Training.Policies;

/// <summary>DASH for trainers of inputs and outputs.</summary>
public static class DashTrainerExtensions
{
    /// <summary>Shrinks what does not point along the negative gradient of data (DASH), starting from the options' defaults. The loss is the trainer's.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example at each task but the first: <c>new(TaskBoundary) { SkipFirst = true }</c>.</param>
    /// <param name="data">Gives all data seen so far, on the model's device, the latest last; called at each reset.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid.</exception>
    public static ContinualTrainer UseDash(this ContinualTrainer trainer, ResetSchedule every, Func<IEnumerable<LabeledBatch>> data, Action<DashOptions>? configure = null)
    {
        var options = new DashOptions();
        configure?.Invoke(options);
        return trainer.UseDash(every, data, options);
    }

    /// <summary>Shrinks what does not point along the negative gradient of data (DASH), as the options say. The loss is the trainer's.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="every">When; for example at each task but the first: <c>new(TaskBoundary) { SkipFirst = true }</c>.</param>
    /// <param name="data">Gives all data seen so far, on the model's device, the latest last; called at each reset.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid.</exception>
    public static ContinualTrainer UseDash(this ContinualTrainer trainer, ResetSchedule every, Func<IEnumerable<LabeledBatch>> data, DashOptions options)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new DashPolicy(trainer.Model, trainer.Loss, data, options));
    }
}
