using static TorchSharp.torch;

namespace Zapping.Training.Randomness;

/// <summary>Gives the CPU's global generator the state back that it has now: what is drawn meanwhile does not count.</summary>
internal sealed class RandomStateScope : IDisposable
{
    private readonly Tensor _state = random.get_rng_state().DetachFromDisposeScope();

    public void Dispose()
    {
        random.set_rng_state(_state); // which libtorch itself has just given
        _state.Dispose();
    }
}
