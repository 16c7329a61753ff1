using System.ComponentModel.DataAnnotations;
using Zapping.Training;

namespace Zapping.Continual.Learners;

/// <summary>What all learners are told.</summary>
public record LearnerOptions
{
    /// <summary>Epochs of each task, at least 0; default 10.</summary>
    [Range(0, int.MaxValue)]
    public int Epochs { get; set; } = 10;

    /// <summary>Examples of a step, at least 1; default 32.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 32;

    /// <summary>Which layer is the classifier; its rows are class ids. Default: the model's only linear layer.</summary>
    [Required]
    public HeadSelector Head { get; set; } = HeadSelector.Single();

    /// <summary>Whether the classifier gets rows as classes come, if it has too few; default true.</summary>
    public bool GrowHead { get; set; } = true;

    /// <summary>Seed of the order of examples and of what a learner draws; default 0.</summary>
    public ulong Seed { get; set; }
}
