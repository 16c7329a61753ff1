using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Native;

/// <summary>
/// A model in eval mode, until disposing gives every module of it the mode that it had. A forward pass in train mode would let
/// images that are only looked at into running statistics. All that is measured is measured in it, so the convolutions are made sure of here.
/// </summary>
/// <threadsafety>As the model's.</threadsafety>
public sealed class EvalModeScope : IDisposable
{
    private readonly List<(nn.Module Module, bool Training)> _modes;

    /// <summary>Puts a model into eval mode.</summary>
    /// <param name="root">The model, with all modules in it.</param>
    public EvalModeScope(nn.Module root)
    {
        ArgumentNullException.ThrowIfNull(root);
        ConvolutionGuard.Protect(root);
        _modes = [.. ParameterCatalog.Modules(root).Select(m => (m.Module, m.Module.training))];
        root.eval();
    }

    /// <summary>Gives every module its mode back.</summary>
    /// <remarks>From the root down, because train() tells a module's children too.</remarks>
    public void Dispose() => _modes.ForEach(mode => mode.Module.train(mode.Training));
}
