using Zapping.Datasets;
using Zapping.Training.Initializers;
using static TorchSharp.torch;

namespace Zapping.Plasticity;

/// <summary>
/// Random choices that are a function of (seed, purpose, number) alone, so that the tasks of a seed are the same for every policy, and a task can be made without those before it. No
/// generator that is shared is read or advanced.
/// </summary>
internal static class Draws
{
    /// <summary>[count]: 0 to count - 1 in a random order.</summary>
    public static Tensor Permutation(long count, ulong seed, string purpose, int number)
    {
        using var generator = Of(seed, purpose, number);
        return randperm(count, ScalarType.Int64, generator: generator);
    }

    /// <summary>[count]: whole numbers from 0 to below a bound.</summary>
    public static Tensor Numbers(long count, long below, ulong seed, string purpose, int number)
    {
        using var generator = Of(seed, purpose, number);
        return randint(0, below, [count], ScalarType.Int64, generator: generator);
    }

    /// <summary>Gives a model the weights that its layers draw when they are built: uniform in ±1/sqrt(fan-in), biases too.</summary>
    public static void Initialize(nn.Module model, ulong seed)
    {
        using var noGrad = no_grad();
        using var generator = Of(seed, "weights", 0);
        foreach (var (_, module) in model.named_modules())
        {
            if (LayerDefaults.FanInOf(module) is { } fanIn)
            {
                var bound = 1 / Math.Sqrt(fanIn);
                foreach (var parameter in module.parameters(recurse: false))
                {
                    parameter.uniform_(-bound, bound, generator);
                }
            }
        }
    }

    private static Generator Of(ulong seed, string purpose, int number)
    {
        var mixed = SplitMix64.Mix(seed + 0x9E3779B97F4A7C15);
        foreach (var character in purpose)
        {
            mixed = SplitMix64.Mix(mixed ^ character);
        }

        return new Generator(SplitMix64.Mix(mixed ^ (ulong)number));
    }
}
