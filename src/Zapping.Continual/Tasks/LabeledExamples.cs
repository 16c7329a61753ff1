using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Zapping.Continual.Tasks;

/// <summary>What tasks and memories do with labeled examples alike.</summary>
internal static class LabeledExamples
{
    /// <summary>[n]: the class ids.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="name">Of the argument.</param>
    /// <exception cref="ArgumentException">They are no labeled examples.</exception>
    public static int[] ClassesOf(LabeledBatch data, string name)
    {
        if (data.Inputs is null || data.Labels is null || data.Inputs.dim() == 0 || data.Labels.dim() != 1 || data.Labels.dtype != ScalarType.Int64 || data.Labels.size(0) != data.Inputs.size(0))
        {
            throw new ArgumentException(
                $"Examples are inputs [n, …] and labels [n] of class ids of type Int64, and not inputs {Shape(data.Inputs)} and labels {Shape(data.Labels)} of type {data.Labels?.dtype}.", name);
        }

        if (data.Labels.numel() == 0)
        {
            return []; // TorchSharp refuses to read what is empty
        }

        using var onCpu = data.Labels.cpu();
        var ids = onCpu.data<long>().ToArray();
        return ids.FirstOrDefault(id => id is < 0 or > int.MaxValue) is var id and not 0
            ? throw new ArgumentException($"Class {id} cannot have a row of the classifier; class ids are 0 and more.", name)
            : Array.ConvertAll(ids, own => (int)own);
    }

    /// <summary>Some examples, in the order of the rows; new tensors in the current dispose scope.</summary>
    public static LabeledBatch Rows(LabeledBatch data, long[] rows)
    {
        using var chosen = tensor(rows, device: data.Inputs.device);
        return new LabeledBatch(data.Inputs.index_select(0, chosen), data.Labels.index_select(0, chosen));
    }

    /// <summary>A batch whose tensors belong to no dispose scope.</summary>
    public static LabeledBatch Keep(this LabeledBatch data) => data.Map(own => own.DetachFromDisposeScope());

    /// <summary>Frees the tensors.</summary>
    public static void Free(this LabeledBatch data)
    {
        data.Inputs.Dispose();
        data.Labels.Dispose();
        data.Indices?.Dispose();
    }

    private static string Shape(Tensor? values) => values is null ? "null" : $"[{string.Join(", ", values.shape)}]";
}
