using TorchSharp.Modules;
using Zapping.Training.Native;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>
/// Batch normalization takes its statistics from the batch. Where a channel has one value there, as in a batch of one example behind a linear layer, its
/// variance is NaN, its outputs are constant, and libtorch does not say so.
/// </summary>
/// <param name="model">The model.</param>
internal sealed class BatchStatistics(nn.Module model)
{
    private readonly Lazy<List<(string Name, nn.Module Module)>> _layers = new(
        () => [.. ParameterCatalog.DistinctModules(model).Where(m => m.Module is BatchNorm1d or BatchNorm2d or BatchNorm3d)]);

    private (int Layers, string Shape)? _right;

    /// <summary>Refuses a batch of one example for which a layer would have no variance. It looks once at examples of one shape, by a forward pass in eval mode.</summary>
    /// <param name="shape">Of the example, by which it is known again.</param>
    /// <param name="forward">Has the model make its outputs for the example; it is called in eval mode and without gradients.</param>
    /// <exception cref="InvalidOperationException">A layer would get one value for a channel. Nothing has been written.</exception>
    public void EnsureFor(string shape, Action forward)
    {
        var layers = _layers.Value.FindAll(layer => layer.Module.training);
        if (layers.Count == 0)
        {
            return;
        }

        var asked = (layers.Count, shape);
        if (_right == asked)
        {
            return;
        }

        if (Poor(layers, forward) is { } poor)
        {
            throw new InvalidOperationException(
                $"'{poor.Name}' ({poor.Module.GetType().Name}) is in train mode, and a batch of one example {shape} gives it one value for each "
                + "channel, which has no variance. Use batches of two and more, of which none is left over (micro-batches too), or call eval() on the layer.");
        }

        _right = asked;
    }

    private (string Name, nn.Module Module)? Poor(List<(string Name, nn.Module Module)> layers, Action forward)
    {
        (string, nn.Module)? poor = null;
        var unhook = layers.ConvertAll(layer => ((nn.Module<Tensor, Tensor>)layer.Module).register_forward_pre_hook((_, inputs) =>
        {
            poor ??= inputs.dim() > 1 && inputs.numel() == inputs.size(1) ? layer : null;
            return inputs;
        }));
        try
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            using var buffers = new BufferScope(model);
            using var mode = new EvalModeScope(model);
            forward();
        }
        finally
        {
            unhook.ForEach(hook => hook.remove());
        }

        return poor;
    }
}
