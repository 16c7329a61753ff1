using System.ComponentModel.DataAnnotations;

namespace Zapping.Continual.Learners.Regularizing;

/// <summary>How strongly weights are held.</summary>
public sealed record SynapticIntelligenceOptions : LearnerOptions
{
    /// <summary>c, at least 0; default 0.1, as published for permuted MNIST.</summary>
    [Range(0, double.MaxValue)]
    public double Strength { get; set; } = 0.1;

    /// <summary>ξ, which keeps the division by a short way finite, above 0; default 0.001, as published.</summary>
    [Range(double.Epsilon, double.MaxValue)]
    public double Damping { get; set; } = 1e-3;
}
