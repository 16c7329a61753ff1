using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Native;

/// <summary>
/// A model in eval mode, until disposing gives every module of it the mode that it had. A forward pass in train mode would let
/// images that are only looked at into running statistics. All that is measured is measured in it, so the convolutions are made sure of here.
/// </summary>
internal sealed class EvalModeScope : IDisposable
{
    private readonly List<(nn.Module Module, bool Training)> _modes;

    public EvalModeScope(nn.Module root)
    {
        ConvolutionGuard.Protect(root);
        _modes = [.. ParameterCatalog.Modules(root).Select(m => (m.Module, m.Module.training))];
        root.eval();
    }

    // From the root down, because train() tells a module's children too.
    public void Dispose() => _modes.ForEach(mode => mode.Module.train(mode.Training));
}
