using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Randomness;

/// <summary>
/// Noise from a generator of the tensor's own device, made for one draw: the global ones stay as they are, and the
/// host does not wait. TorchSharp makes generators for the CPU only; TorchScript makes them for any device.
/// </summary>
internal static class DeviceNoise
{
    private static readonly AtenScript Script = new(
        """
        def normal(values: Tensor, mean: float, std: float, seed: int):
            values.normal_(mean, std, generator=torch.Generator(device=values.device, seed=seed))

        def uniform(values: Tensor, low: float, high: float, seed: int):
            values.uniform_(low, high, generator=torch.Generator(device=values.device, seed=seed))
        """);

    /// <summary>Fills with <c>mean + std * z</c>, z standard normal.</summary>
    public static void FillNormal(Tensor values, double mean, double std, long seed) =>
        Script.Invoke("normal", values, mean, std, seed);

    /// <summary>Fills with values uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public static void FillUniform(Tensor values, double low, double high, long seed) =>
        Script.Invoke("uniform", values, low, high, seed);
}
