using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What one optimization step reads.</summary>
/// <param name="Inputs">[n, …], on the model's device.</param>
/// <param name="Labels">[n] class ids as 64-bit integers, or [n, …] of what a loss of your own expects, on the model's device.</param>
public readonly record struct LabeledBatch(Tensor Inputs, Tensor Labels) : IBatch<LabeledBatch>
{
    /// <summary>[n], as 64-bit integers: the examples' numbers in their data set, for what is kept of each, such as outputs of a teacher; null where they have none.</summary>
    public Tensor? Indices { get; init; }

    /// <inheritdoc/>
    public long Count => Inputs.size(0);

    /// <inheritdoc/>
    public LabeledBatch Map(Func<Tensor, Tensor> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new(map(Inputs), map(Labels)) { Indices = Indices is null ? null : map(Indices) };
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are not as many labels as inputs.</exception>
    public LabeledBatch Slice(long start, long count)
    {
        if (Labels.shape is not [var labeled, ..] || labeled != Count)
        {
            throw new ArgumentException($"A batch of {Count} inputs cannot be taken in parts with labels [{string.Join(", ", Labels.shape)}].", nameof(count));
        }

        return Map(tensor => tensor.narrow(0, start, count));
    }
}
