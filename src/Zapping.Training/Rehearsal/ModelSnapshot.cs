using Zapping.Training.Native;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>
/// A model as it was: its parameters and buffers of then, with which the same code runs. They are put in the place of those of now, memory for memory, while it runs, so it needs no second module, and a classifier
/// that has grown since then has its old size. A graph that was recorded before keeps its own memory, so this may be called between a forward pass and its backward pass.
/// </summary>
internal sealed class ModelSnapshot : IDisposable
{
    private static readonly AtenScript Script = new(
        """
        def exchange(own: List[Tensor], other: List[Tensor]):
            for i in range(len(own)):
                own[i].set_data(other[i])
        """);

    private readonly IReadOnlyList<KeyValuePair<string, Tensor>> _values;

    private ModelSnapshot(IReadOnlyList<KeyValuePair<string, Tensor>> values) => _values = values;

    /// <summary>Parameters and buffers by name.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Values => _values;

    public static ModelSnapshot Capture(nn.Module model)
    {
        using var noGrad = no_grad();
        return new([.. TensorsOf(model).Select(own => new KeyValuePair<string, Tensor>(own.Key, own.Value.detach().clone().DetachFromDisposeScope()))]);
    }

    /// <param name="model">The model, which may have grown since.</param>
    /// <param name="saved">Its tensors of then.</param>
    /// <exception cref="InvalidDataException">They are not of this model.</exception>
    public static ModelSnapshot Of(nn.Module model, IReadOnlyDictionary<string, Tensor> saved)
    {
        var own = TensorsOf(model);
        if (own.Find(entry => !saved.TryGetValue(entry.Key, out var then) || then.dtype != entry.Value.dtype || then.dim() != entry.Value.dim()) is { Key: { } name })
        {
            throw new InvalidDataException($"its teacher is of another model: '{name}' is not what it is here.");
        }

        return new([.. own.Select(entry => new KeyValuePair<string, Tensor>(entry.Key, saved[entry.Key].to(entry.Value.device, copy: true).DetachFromDisposeScope()))]);
    }

    /// <summary>What the model would have said then, in eval mode and without gradients.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">[n, …].</param>
    /// <returns>[n, …].</returns>
    public Tensor Call(nn.Module<Tensor, Tensor> model, Tensor inputs)
    {
        using var noGrad = no_grad();
        using var mode = new EvalModeScope(model);
        var own = TensorsOf(model).ConvertAll(entry => entry.Value);
        var now = own.ConvertAll(tensor => tensor.detach());
        Exchange(own, [.. _values.Select(value => value.Value)]);
        try
        {
            return model.call(inputs);
        }
        finally
        {
            Exchange(own, now);
            now.ForEach(memory => memory.Dispose());
        }
    }

    public void Dispose()
    {
        foreach (var (_, value) in _values)
        {
            value.Dispose();
        }
    }

    private static void Exchange(List<Tensor> own, List<Tensor> other) => Script.Invoke("exchange", own.ToArray(), other.ToArray());

    private static List<KeyValuePair<string, Tensor>> TensorsOf(nn.Module model) => [.. NamedTensors.Of(model).DistinctBy(own => TensorIdentity.Of(own.Value))];
}
