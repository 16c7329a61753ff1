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
            if (module is TorchSharp.Modules.Linear or TorchSharp.Modules.Convolution)
            {
                var fanIn = module.get_parameter("weight")!.shape.Skip(1).Aggregate((a, b) => a * b);
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
        var mixed = Mix(seed + 0x9E3779B97F4A7C15);
        foreach (var character in purpose)
        {
            mixed = Mix(mixed ^ character);
        }

        return new Generator(Mix(mixed ^ (ulong)number));
    }

    // SplitMix64's finalizer (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
