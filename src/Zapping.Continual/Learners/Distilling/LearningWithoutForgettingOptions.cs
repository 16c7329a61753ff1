using System.ComponentModel.DataAnnotations;

namespace Zapping.Continual.Learners.Distilling;

/// <summary>How much the old classes' outputs are kept.</summary>
public sealed record LearningWithoutForgettingOptions : LearnerOptions
{
    /// <summary>Temperature T, above 0; default 2, as published.</summary>
    [Range(double.Epsilon, double.MaxValue)]
    public double Temperature { get; set; } = 2;

    /// <summary>Factor of the distillation, at least 0; default 1, as published.</summary>
    [Range(0, double.MaxValue)]
    public double Weight { get; set; } = 1;
}
