using System.ComponentModel.DataAnnotations;

namespace Zapping.Training.Checkpoints;

/// <summary>Which checkpoints stay when a new one has been saved.</summary>
public sealed record CheckpointRetentionOptions
{
    /// <summary>How many of the newest stay, at least 1; default 2.</summary>
    [Range(1, int.MaxValue)]
    public int KeepLast { get; set; } = 2;

    /// <summary>Whether the one with the highest score stays; default <see langword="true"/>.</summary>
    public bool KeepBest { get; set; } = true;

    /// <summary>Steps whose checkpoints stay for good, such as milestones to be evaluated later; default none.</summary>
    [Required]
    public IReadOnlyCollection<long> KeepSteps { get; set; } = [];

    internal bool Keeps(long steps) => KeepSteps.Contains(steps);
}
