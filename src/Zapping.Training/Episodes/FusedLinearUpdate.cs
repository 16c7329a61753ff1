using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>
/// A linear layer that moves by plain SGD without the gradient of its weight ever being written down. That gradient is
/// the product of the gradient of the layer's outputs with its inputs, which can be added to the weight as it is made:
/// one pass over memory, where writing it first and adding it then takes three.
/// </summary>
internal sealed class FusedLinearUpdate : IDisposable
{
    private readonly Linear _layer;
    private readonly Action _unhook;
    private readonly List<(Tensor Inputs, Tensor Outputs)> _calls = [];
    private bool _watching;

    public FusedLinearUpdate(Linear layer)
    {
        _layer = layer;
        _unhook = layer.register_forward_hook(Note).remove;
    }

    /// <summary>What the layer gave in the one forward pass since <see cref="Watch"/>.</summary>
    /// <exception cref="InvalidOperationException">It was not called once.</exception>
    public Tensor Outputs => _calls is [var (_, outputs)]
        ? outputs
        : throw new InvalidOperationException(
            $"{nameof(EpisodicOptions.FusedUpdateLayer)} was called {_calls.Count} times in a forward pass, not once. Its weight must serve one "
            + "call() of the layer and nothing else; leave the option out otherwise.");

    public bool Has(Parameter parameter) => TensorIdentity.Same(parameter, _layer.weight) || (_layer.bias is { } bias && TensorIdentity.Same(parameter, bias));

    /// <summary>Looks at the forward pass that follows; disposing of the result forgets what was seen.</summary>
    public IDisposable Watch()
    {
        _watching = true;
        return new Watching(this);
    }

    /// <summary>weight = weight - a * gradient, and likewise the bias.</summary>
    /// <param name="outputGradient">The gradient of <see cref="Outputs"/>; null if nothing depends on them.</param>
    /// <param name="learningRate">a.</param>
    public void Descend(Tensor? outputGradient, double learningRate)
    {
        if (outputGradient is not null)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            var inputs = _calls[0].Inputs.reshape(-1, _layer.weight.size(1));
            using Scalar down = -learningRate;
            using Scalar once = 1;
            var step = outputGradient.reshape(-1, _layer.weight.size(0)).mul(down);
            _layer.weight.addmm_(step.t(), inputs, 1, 1);
            _layer.bias?.add_(step.sum([0]), alpha: once);
        }
    }

    public void Dispose() => _unhook();

    private Tensor Note(nn.Module<Tensor, Tensor> layer, Tensor inputs, Tensor outputs)
    {
        if (!_watching)
        {
            return outputs;
        }

        // The model gets an alias to go on with and to dispose of; what it comes from stays ours.
        _calls.Add((inputs.detach().DetachFromDisposeScope(), outputs.DetachFromDisposeScope()));
        return outputs.alias();
    }

    private void Forget()
    {
        _watching = false;
        foreach (var (inputs, outputs) in _calls)
        {
            inputs.Dispose();
            outputs.Dispose();
        }

        _calls.Clear();
    }

    private sealed class Watching(FusedLinearUpdate layer) : IDisposable
    {
        public void Dispose() => layer.Forget();
    }
}
