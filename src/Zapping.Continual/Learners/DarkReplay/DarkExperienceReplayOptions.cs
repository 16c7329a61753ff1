using System.ComponentModel.DataAnnotations;

namespace Zapping.Continual.Learners.DarkReplay;

/// <summary>What is replayed, and how much it counts.</summary>
public sealed record DarkExperienceReplayOptions : LearnerOptions
{
    /// <summary>How many examples the buffer has, at least 1; default 200.</summary>
    [Range(1, int.MaxValue)]
    public int Capacity { get; set; } = 200;

    /// <summary>Examples of each of the two draws of a step, at least 1; default: as many as <see cref="LearnerOptions.BatchSize"/>.</summary>
    [Range(1, int.MaxValue)]
    public int? ReplayedExamples { get; set; }

    /// <summary>α, the factor of the squared distance to the logits of then, at least 0; default 0.1, as published for CIFAR-10.</summary>
    [Range(0, double.MaxValue)]
    public double LogitWeight { get; set; } = 0.1;

    /// <summary>β, the factor of the labels of then, at least 0; default 0.5, as published for CIFAR-10. With 0 it is DER.</summary>
    [Range(0, double.MaxValue)]
    public double LabelWeight { get; set; } = 0.5;
}
