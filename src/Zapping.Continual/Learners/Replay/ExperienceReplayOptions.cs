using System.ComponentModel.DataAnnotations;

namespace Zapping.Continual.Learners.Replay;

/// <summary>How much is replayed.</summary>
public sealed record ExperienceReplayOptions : LearnerOptions
{
    /// <summary>Examples of before in each step, beside the batch, at least 1; default: as many as <see cref="LearnerOptions.BatchSize"/>.</summary>
    [Range(1, int.MaxValue)]
    public int? ReplayedExamples { get; set; }
}
