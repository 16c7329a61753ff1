using Zapping.Training.Native;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>The order in which a model calls its modules.</summary>
internal static class CallOrder
{
    /// <summary>Every module with parameters or buffers of its own, in the order in which their first calls end.</summary>
    /// <exception cref="NotSupportedException">A module has parameters, but no call of it is seen.</exception>
    public static IReadOnlyList<(string Name, nn.Module Module)> Of(nn.Module<Tensor, Tensor> model, Tensor example)
    {
        var modules = ParameterCatalog.DistinctModules(model)
            .Where(m => m.Module.named_parameters(recurse: false).Any() || m.Module.named_buffers(recurse: false).Any()).ToList();
        var called = new List<(string Name, nn.Module Module)>();
        var unhook = new List<Action>();
        foreach (var (name, module) in modules)
        {
            if (module is nn.Module<Tensor, Tensor> hookable)
            {
                unhook.Add(hookable.register_forward_hook((_, _, outputs) =>
                {
                    called.Add((name, module));
                    return outputs;
                }).remove);
            }
        }

        try
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            using var mode = new EvalModeScope(model);
            model.call(example);
        }
        finally
        {
            unhook.ForEach(remove => remove());
        }

        called = [.. called.DistinctBy(m => m.Name, StringComparer.Ordinal)];
        return modules.FirstOrDefault(m => called.TrueForAll(c => c.Module != m.Module)) is { Module: { } unseen } missing
            ? throw new NotSupportedException(
                $"'{missing.Name}' ({ModuleName.Of(unseen)}) has parameters, but no call() of it is seen in a forward pass, so its place among the layers is not known.")
            : called;
    }
}
