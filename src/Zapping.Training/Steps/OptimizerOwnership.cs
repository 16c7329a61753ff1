using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>Whether optimizers are those of a model, and each of its parameters is stepped once.</summary>
internal static class OptimizerOwnership
{
    /// <param name="model">The model.</param>
    /// <param name="optimizers">At least one. A native one (LBFGS) names its parameters with a warning only, so it is not looked at.</param>
    /// <exception cref="ArgumentException">A parameter is held twice, was replaced, or none is the model's.</exception>
    public static void Ensure(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers)
    {
        if (optimizers.Any(optimizer => optimizer is not OptimizerHelper))
        {
            return;
        }

        var names = new Dictionary<TensorIdentity, string>();
        foreach (var (name, parameter) in model.named_parameters())
        {
            names.TryAdd(TensorIdentity.Of(parameter), name);
        }

        var held = new Dictionary<TensorIdentity, optim.Optimizer>();
        var isOfModel = false;
        foreach (var optimizer in optimizers)
        {
            EnsureNotReplaced((OptimizerHelper)optimizer);
            foreach (var parameter in optimizer.parameters())
            {
                var identity = TensorIdentity.Of(parameter);
                var name = names.GetValueOrDefault(identity, $"a parameter [{string.Join(", ", parameter.shape)}] beside the model");
                isOfModel |= names.ContainsKey(identity);
                if (!held.TryAdd(identity, optimizer))
                {
                    throw new ArgumentException(
                        ReferenceEquals(held[identity], optimizer)
                            ? $"The optimizer {optimizer.GetType().Name} holds '{name}' twice, and would step it twice. Give it each parameter once."
                            : $"Two optimizers hold '{name}': {held[identity].GetType().Name} and {optimizer.GetType().Name}. Its gradient would be clipped and stepped twice. "
                                + "Give each parameter to one.",
                        nameof(optimizers));
                }
            }
        }

        if (!isOfModel && names.Count > 0)
        {
            throw new ArgumentException(
                $"No optimizer holds a parameter of the model {ModuleName.Of(model)}, so nothing of it would be learned. Make the optimizer of model.parameters(), "
                + "after .to() and after the last layer was exchanged.",
                nameof(optimizers));
        }
    }

    // An optimizer finds what it remembers of a parameter by the native handle, which .to() exchanges.
    private static void EnsureNotReplaced(OptimizerHelper optimizer)
    {
        try
        {
            if (optimizer.parameters().All(parameter => !parameter.IsInvalid))
            {
                _ = optimizer.state_dict();
                return;
            }
        }
        catch (Exception failure) when (failure is KeyNotFoundException or InvalidOperationException)
        {
            // said below
        }

        throw new ArgumentException(
            $"The optimizer {optimizer.GetType().Name} holds a parameter that was exchanged or added after it was made: the model was moved by .to(), or a layer was replaced or registered. "
            + "Make the optimizer afterwards, and the trainer with it.",
            nameof(optimizer));
    }
}
