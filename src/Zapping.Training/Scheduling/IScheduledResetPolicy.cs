namespace Zapping.Training.Scheduling;

/// <summary>A policy that can tell before training begins that it could not serve a schedule.</summary>
public interface IScheduledResetPolicy : IResetPolicy
{
    /// <summary>
    /// Called when a trainer is given the policy. A trainer's class and task boundaries name their classes; its epoch and step boundaries name none.
    /// </summary>
    /// <param name="schedule">When the policy would run.</param>
    /// <exception cref="ArgumentException">The policy cannot serve it; the message says why, and what it could serve.</exception>
    void EnsureSuits(ResetSchedule schedule);
}
