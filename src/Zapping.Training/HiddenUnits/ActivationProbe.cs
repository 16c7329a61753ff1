using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>
/// Looks at what reaches a module while a model is trained: at every k-th call that records gradients, so that what measuring
/// and evaluation do is not counted. Calls that are passed over cost less than a microsecond.
/// </summary>
internal sealed class ActivationProbe : IDisposable
{
    [ThreadStatic]
    private static int t_pauses;

    private readonly int _every;
    private readonly Action<Tensor> _look;
    private readonly Action _unhook;

    /// <param name="module">The module whose inputs are looked at.</param>
    /// <param name="every">k; the first call is looked at.</param>
    /// <param name="look">
    /// Called in a dispose scope of its own and without gradients, with the module's input, which the model may dispose of as soon
    /// as it goes on. On a GPU it should not read numbers, for which the host would wait.
    /// </param>
    public ActivationProbe(nn.Module<Tensor, Tensor> module, int every, Action<Tensor> look)
    {
        (_every, _look) = (every, look);
        Calls = zeros(1, ScalarType.Int64).DetachFromDisposeScope();
        _unhook = module.register_forward_pre_hook((_, inputs) =>
        {
            OnCall(inputs);
            return inputs;
        }).remove;
    }

    /// <summary>[1]: how many calls there have been, on the CPU. A tensor, so that checkpoints can hold it.</summary>
    public Tensor Calls { get; }

    /// <summary>Until the result is disposed of, forward passes of this thread are passed over: they are no training.</summary>
    public static IDisposable Pause() => new Pausing();

    public void Dispose()
    {
        _unhook();
        Calls.Dispose();
    }

    private void OnCall(Tensor inputs)
    {
        if (t_pauses > 0 || !is_grad_enabled())
        {
            return;
        }

        var calls = Calls.item<long>();
        using Scalar next = calls + 1;
        Calls.fill_(next);
        if (calls % _every == 0)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            _look(inputs);
        }
    }

    private sealed class Pausing : IDisposable
    {
        public Pausing() => t_pauses++;

        public void Dispose() => t_pauses--;
    }
}
