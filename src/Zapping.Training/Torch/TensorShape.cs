using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Shapes without TorchSharp's detour over memory from native code, which takes half as long as writing a row.</summary>
internal static class TensorShape
{
    public static long[] Of(Tensor tensor)
    {
        var shape = new long[tensor.dim()];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = tensor.size(i);
        }

        return shape;
    }

    /// <summary>How many numbers a tensor of a shape holds.</summary>
    public static long EntriesOf(ReadOnlySpan<long> shape)
    {
        var entries = 1L;
        foreach (var length in shape)
        {
            entries *= length;
        }

        return entries;
    }

    /// <summary>All dimensions of a tensor but one.</summary>
    public static long[] AllBut(int dimension, Tensor values) => [.. Enumerable.Range(0, (int)values.dim()).Where(other => other != dimension)];
}
