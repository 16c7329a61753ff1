using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using Zapping.Training.Parameters;

namespace Zapping.Training;

/// <summary>What ASB and Meta-ASB have in common.</summary>
public abstract record EpisodicOptions
{
    private protected EpisodicOptions()
    {
    }

    /// <summary>
    /// Learning rate of the inner loop, which is plain SGD: no momentum, no decay. At least 0; default 1e-3, the best
    /// published setting for Omniglot but for Meta-ASB with zapping (1e-2).
    /// </summary>
    [Range(0, double.MaxValue)]
    public double InnerLearningRate { get; set; } = 1e-3;

    /// <summary>
    /// Which parameters move in the inner loop; default all. The outer set is what the outer optimizer was given:
    /// <c>optim.Adam(ParameterFilter.WithPrefix("head.").Of(model))</c>. Clipping looks at the outer set alone. The published code clips over the
    /// whole model and clears only the outer set's gradients: those of parameters that are inner and not outer count in its norm, and what
    /// the outer batch leaves in them enters the first inner step of the next episode. Where all parameters are outer ones both are the same.
    /// </summary>
    [Required]
    public ParameterFilter InnerParameters { get; set; } = ParameterFilter.All;

    /// <summary>
    /// A linear layer, usually the classifier, whose inner steps are made without writing the gradient of its weight
    /// down: the same but for rounding, and faster the larger the layer. Its weight and bias move inside, and must serve
    /// one <c>call()</c> of the layer in a forward pass and nothing else, neither another layer nor the loss itself.
    /// Default: none.
    /// </summary>
    public Linear? FusedUpdateLayer { get; set; }

    /// <summary>
    /// Every how many episodes observers get <see cref="EpisodeReport.AfterInnerLoop"/> and
    /// <see cref="EpisodeReport.AfterOuterStep"/>, which cost extra forward passes; 0 (default) for never, 10 as published.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int MeasurePeriod { get; set; }
}

/// <summary>Options of <see cref="AsbTrainer"/>.</summary>
public sealed record AsbOptions : EpisodicOptions
{
    /// <summary>
    /// Whether the gradients of parameters outside the inner set pile up over the inner loop and enter the outer step
    /// together with that of the outer batch, as in the published code; default <see langword="false"/>: the outer
    /// step sees the gradient of the outer batch alone. Without effect if all parameters are inner ones.
    /// </summary>
    public bool AccumulateInnerGradients { get; set; }
}

/// <summary>Options of <see cref="MetaAsbTrainer"/>.</summary>
public sealed record MetaAsbOptions : EpisodicOptions
{
    /// <summary>
    /// Whether the adapted weights' gradient is used as it is, instead of being carried back through the inner loop;
    /// default <see langword="false"/>. Costs about half and needs no stored weights.
    /// </summary>
    public bool FirstOrder { get; set; }

    /// <summary>
    /// Every how many inner steps the inner parameters are kept for the way back; at least 1, default 1. The steps
    /// between are made again: with 20 steps, 5 keeps 7 sets instead of 20 and costs 16 more inner steps, with the
    /// same result.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int WeightSnapshotInterval { get; set; } = 1;
}
