using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>
/// A model in eval mode, until disposing gives every module of it the mode that it had. A forward pass in train mode would let
/// images that are only looked at into running statistics.
/// </summary>
internal sealed class EvalMode : IDisposable
{
    private readonly List<(nn.Module Module, bool Training)> _modes;

    public EvalMode(nn.Module root)
    {
        _modes = [.. ParameterCatalog.Modules(root).Select(m => (m.Module, m.Module.training))];
        root.eval();
    }

    // From the root down, because train() tells a module's children too.
    public void Dispose() => _modes.ForEach(mode => mode.Module.train(mode.Training));
}
