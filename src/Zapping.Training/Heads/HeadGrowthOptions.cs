using System.ComponentModel.DataAnnotations;
using Zapping.Training.Initializers;

namespace Zapping.Training.Heads;

/// <summary>What the new rows of a classifier start from.</summary>
public sealed record HeadGrowthOptions
{
    /// <summary>The new units' weights; default: Kaiming normal with the fan-in of one row, as a zap draws them.</summary>
    /// <remarks>Each row is drawn by itself, so <see cref="KaimingFan.AsPublished"/> is the same as <see cref="KaimingFan.PerRow"/> here.</remarks>
    [Required]
    public Initializer Weights { get; set; } = Initializer.KaimingNormal();

    /// <summary>The new units' bias; default: zeros.</summary>
    [Required]
    public Initializer Bias { get; set; } = Initializer.Zeros();

    /// <summary>
    /// Seed of the new rows; default 0. A row is a function of the seed, the parameter's name and the row's number, so growing in
    /// two goes gives what growing in one gives.
    /// </summary>
    public ulong Seed { get; set; }
}
