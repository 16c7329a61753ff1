namespace Zapping.Training;

/// <summary>The learning-rate schedulers of a run, in the order in which they were added.</summary>
internal sealed class LearningRateSchedules
{
    private readonly List<LearningRateSchedule> _all = [];

    public IReadOnlyList<LearningRateSchedule> All => _all;

    public void Add(LearningRateSchedule schedule) => _all.Add(schedule);

    /// <summary>To be called after something has ended.</summary>
    /// <param name="kind">What has.</param>
    public void Advance(BoundaryKind kind)
    {
        foreach (var schedule in _all)
        {
            if (schedule.Every == kind)
            {
                schedule.Step();
            }
        }
    }
}
