using System.ComponentModel.DataAnnotations;
using Zapping.Training.Parameters;

namespace Zapping.Training.UpdateRules;

/// <summary>How an <see cref="UpgdRule"/> protects weights, and shakes the others.</summary>
public sealed record UpgdOptions
{
    /// <summary>beta: decay of the running average of utility, from 0 to below 1; default 0.999. The released experiments have 0.999 and 0.9999.</summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double Decay { get; set; } = 0.999;

    /// <summary>sigma: standard deviation of the noise, from 0 to 1e6; default 0.01. 0 draws none. The released experiments have 0.01 to 1.</summary>
    [Range(0d, 1e6)]
    public double Noise { get; set; } = 0.01;

    /// <summary>Whether useful weights are held back from their gradient too; default <see langword="true"/>. <see langword="false"/>: from the noise alone (non-protecting UPGD).</summary>
    public bool Protects { get; set; } = true;

    /// <summary>What a utility is measured by; default <see cref="UpgdScale.Global"/>.</summary>
    [EnumDataType(typeof(UpgdScale))]
    public UpgdScale Scale { get; set; } = UpgdScale.Global;

    /// <summary>How the youth of the averages is corrected; default <see cref="UpgdCorrection.Consistent"/>. It makes no difference with <see cref="UpgdScale.Local"/>.</summary>
    [EnumDataType(typeof(UpgdCorrection))]
    public UpgdCorrection Correction { get; set; } = UpgdCorrection.Consistent;

    /// <summary>Which parameters; the others get their gradient as it is. Default: all that require one.</summary>
    [Required]
    public ParameterFilter Parameters { get; set; } = ParameterFilter.All;

    /// <summary>Seed of the noise, which is a function of seed, step and name of the parameter; default 0.</summary>
    public ulong Seed { get; set; }

    /// <summary>
    /// Whether optimizers other than SGD without momentum may make the update; default <see langword="false"/>: they are refused, because what they make of the gradient is not the published rule.
    /// </summary>
    public bool AllowAnyOptimizer { get; set; }
}
