using System.ComponentModel.DataAnnotations;

namespace Zapping.Continual.Learners.Features;

/// <summary>How <see cref="StreamingLda"/> learns; <see cref="LearnerOptions.Epochs"/> are those of the first task alone, and 0 for a model that has been trained before.</summary>
public sealed record StreamingLdaOptions : LearnerOptions
{
    /// <summary>Shrinkage ε of the covariance, above 0 to 1; default 1e-4, as published.</summary>
    [Range(double.Epsilon, 1)]
    public double Shrinkage { get; set; } = 1e-4;
}
