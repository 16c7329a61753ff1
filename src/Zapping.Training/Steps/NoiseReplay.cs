using Zapping.Training.Randomness;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>Remembers libtorch's global generator on the CPU, so that a pass can be made again with the same noise.</summary>
internal sealed class NoiseReplay : IDisposable
{
    private readonly Tensor _before = random.get_rng_state().DetachFromDisposeScope();

    /// <summary>Makes something with the noise that came after the generator was remembered; afterwards the generator is where it was.</summary>
    /// <param name="replay">Or with what comes next.</param>
    /// <param name="make">It.</param>
    public TResult Around<TResult>(bool replay, Func<TResult> make)
    {
        if (!replay)
        {
            return make();
        }

        using var now = new RandomStateScope();
        random.set_rng_state(_before);
        return make();
    }

    public void Dispose() => _before.Dispose();
}
