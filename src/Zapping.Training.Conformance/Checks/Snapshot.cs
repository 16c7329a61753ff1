using TorchSharp.Modules;
using Zapping.Training.Resets;
using static TorchSharp.torch;

namespace Zapping.Training.Conformance.Checks;

/// <summary>The bits of named tensors at one moment.</summary>
internal sealed class Snapshot
{
    private Snapshot(IEnumerable<(string Name, Tensor Tensor)> tensors) => Tensors = [.. tensors.Select(t => new TensorBits(t.Name, t.Tensor))];

    public IReadOnlyList<TensorBits> Tensors { get; }

    public TensorBits this[string name] => Tensors.FirstOrDefault(t => t.Name == name)
        ?? throw new InvalidOperationException($"There is no '{name}'. There are: {string.Join(", ", Tensors.Select(t => t.Name))}.");

    public static Snapshot OfParameters(nn.Module model) => new(Parameters(model));

    /// <summary>Parameters and buffers.</summary>
    public static Snapshot OfModel(nn.Module model) => new([.. Parameters(model), .. model.named_buffers().Select(b => (b.name, b.buffer))]);

    public static Snapshot OfOptimizer(optim.Optimizer optimizer, nn.Module model) => new(StateOf(optimizer, model));

    public static Snapshot OfPolicy(IResetPolicy policy) => new(Remembered(policy).Select(s => ($"state {s.Key}", s.Value)));

    public static IReadOnlyList<KeyValuePair<string, Tensor>> Remembered(IResetPolicy policy) => policy is IStatefulResetPolicy stateful ? stateful.State : [];

    private static IEnumerable<(string Name, Tensor Tensor)> Parameters(nn.Module model) => model.named_parameters().Select(p => (p.name, (Tensor)p.parameter));

    private static IEnumerable<(string Name, Tensor Tensor)> StateOf(optim.Optimizer optimizer, nn.Module model)
    {
        var names = model.named_parameters().ToDictionary(p => p.parameter.Handle, p => p.name);
        foreach (var (parameter, state) in optimizer.parameters().Zip(((OptimizerHelper)optimizer).state_dict().State))
        {
            var name = names.GetValueOrDefault(parameter.Handle, "a parameter that is not the model's");
            switch (state)
            {
                case Adam.State adam:
                    yield return ($"{name}: exp_avg", adam.exp_avg);
                    yield return ($"{name}: exp_avg_sq", adam.exp_avg_sq);
                    break;
                case SGD.State { momentum_buffer: { } momentum }:
                    yield return ($"{name}: momentum_buffer", momentum);
                    break;
            }
        }
    }
}
