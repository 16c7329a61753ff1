using System.ComponentModel.DataAnnotations;

namespace Zapping.Continual.Learners.Regularizing;

/// <summary>How strongly weights are held, and what is known of their importance.</summary>
public sealed record ElasticWeightConsolidationOptions : LearnerOptions
{
    /// <summary>λ, at least 0; default 1000. The best value depends on network and data, over orders of magnitude.</summary>
    [Range(0, double.MaxValue)]
    public double Strength { get; set; } = 1000;

    /// <summary>γ, the factor of earlier tasks' importance at each task, from 0 to 1; default 1: they add up.</summary>
    [Range(0, 1)]
    public double Decay { get; set; } = 1;

    /// <summary>From how many examples of a task the importance is estimated, chosen at random, at least 1; default 200.</summary>
    [Range(1, int.MaxValue)]
    public int FisherExamples { get; set; } = 200;
}
