namespace Zapping.Training;

/// <summary>All that a <see cref="ZapScheduler"/> remembers. Save it and restore it to continue bit for bit.</summary>
/// <param name="Boundaries">Boundaries of the schedule's kind that have been signaled.</param>
/// <param name="Resets">Resets that have been carried out; also the ordinal of the next one.</param>
public sealed record ZapSchedulerState(long Boundaries, long Resets);
