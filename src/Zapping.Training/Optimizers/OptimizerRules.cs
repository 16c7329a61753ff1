using Zapping.Training.Validation;

namespace Zapping.Training.Optimizers;

/// <summary>What TorchSharp's constructors let through: they compare with bounds, and NaN is on neither side of a bound.</summary>
internal static class OptimizerRules
{
    /// <exception cref="ArgumentOutOfRangeException">A number is NaN or beyond single precision.</exception>
    public static void EnsureAdam(double lr, double beta1, double beta2, double eps, double weight_decay)
    {
        Guard.Single(lr);
        Guard.Single(beta1);
        Guard.Single(beta2);
        Guard.Single(eps);
        Guard.Single(weight_decay);
    }

    /// <exception cref="ArgumentOutOfRangeException">A number is NaN or beyond single precision.</exception>
    public static void EnsureSgd(double lr, double momentum, double dampening, double weight_decay)
    {
        Guard.Single(lr);
        Guard.Single(momentum);
        Guard.Single(dampening);
        Guard.Single(weight_decay);
    }
}
