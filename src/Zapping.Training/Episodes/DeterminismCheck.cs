using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>Whether a forward pass, made again, gives the same.</summary>
internal static class DeterminismCheck
{
    /// <summary>Devices whose sums depend on the order of threads differ by less.</summary>
    private const double Tolerance = 1e-3;

    /// <exception cref="NotSupportedException">A module draws random numbers in its forward pass.</exception>
    public static void Ensure(nn.Module model)
    {
        foreach (var (name, module) in ParameterCatalog.Modules(model))
        {
            if (module.training && module is Dropout or Dropout1d or Dropout2d or Dropout3d or AlphaDropout or FeatureAlphaDropout or RReLU)
            {
                throw new NotSupportedException(
                    $"'{name}' ({ModuleName.Of(module)}) draws random numbers in train mode, so an inner step of Meta-ASB cannot be repeated "
                    + $"on the way back. Call eval() on it, or set {nameof(MetaAsbOptions)}.{nameof(MetaAsbOptions.FirstOrder)}.");
            }
        }
    }

    /// <param name="losses">Those of the inner steps.</param>
    /// <param name="again">Those of the same steps, made again on the way back.</param>
    /// <exception cref="InvalidOperationException">One is another one.</exception>
    public static void Ensure(double[] losses, double[] again)
    {
        var step = Array.FindIndex(losses.Zip(again).ToArray(), pair => !(Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Max(1, Math.Abs(pair.First)))); // one that is NaN, too
        if (step >= 0)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"Inner step {step} had a loss of {losses[step]:g6}, and {again[step]:g6} when made again on the way back: the model's forward pass ")
                + "does not repeat itself, as Meta-ASB's derivative needs. Does it draw random numbers, or change with each call?");
        }
    }
}
