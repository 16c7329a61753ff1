using Zapping.Training.Data;
using Zapping.Training.Randomness;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>What all buffers do alike.</summary>
internal static class BufferDraw
{
    /// <summary>Examples of a store, without repetition.</summary>
    /// <exception cref="InvalidOperationException">It is empty.</exception>
    public static LabeledBatch Of(ExampleStore store, int count, ulong seed, long draw)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (store.Count == 0)
        {
            throw new InvalidOperationException("The replay buffer is empty.");
        }

        return store.Read(new RandomStream(StableHash.Mix(seed, (ulong)draw), "replay").Distinct(Math.Min(count, store.Count), store.Count));
    }

    /// <exception cref="ArgumentException">The labels are no class ids.</exception>
    public static void EnsureClasses(LabeledBatch batch)
    {
        if (batch.Labels.dim() != 1 || batch.Labels.dtype != ScalarType.Int64)
        {
            throw new ArgumentException(
                $"A buffer of classes takes labels [n] of class ids of type Int64, and not [{string.Join(", ", batch.Labels.shape)}] of type {batch.Labels.dtype}; a {nameof(ReservoirBuffer)} takes any.",
                nameof(batch));
        }
    }

    /// <summary>[n] class ids on the CPU.</summary>
    /// <exception cref="ArgumentException">The labels are none.</exception>
    public static long[] ClassesOf(LabeledBatch batch)
    {
        EnsureClasses(batch);
        using var onCpu = batch.Labels.cpu();
        return onCpu.data<long>().ToArray();
    }

    /// <exception cref="InvalidDataException">There is no such number.</exception>
    public static long Number(IReadOnlyDictionary<string, Tensor> saved, string name) =>
        saved.TryGetValue(name, out var value) && value.numel() == 1 && value.dtype == ScalarType.Int64 && value.item<long>() is var number and >= 0
            ? number
            : throw new InvalidDataException($"its replay buffer lacks the number '{name}'.");
}
