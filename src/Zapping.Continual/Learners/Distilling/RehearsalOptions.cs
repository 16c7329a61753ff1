using System.ComponentModel.DataAnnotations;

namespace Zapping.Continual.Learners.Distilling;

/// <summary>How learners distill that train on the task's examples together with exemplars.</summary>
public record RehearsalOptions : LearnerOptions
{
    /// <summary>Temperature T of the distillation, above 0; default 2, as published.</summary>
    [Range(double.Epsilon, double.MaxValue)]
    public double Temperature { get; set; } = 2;
}
