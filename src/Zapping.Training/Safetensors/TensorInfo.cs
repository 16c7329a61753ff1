using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>What a <see cref="SafetensorsFile"/> says of one tensor without reading it.</summary>
public sealed class TensorInfo
{
    internal TensorInfo(SafetensorsType type, long[] shape, long start, long byteCount)
    {
        DataType = type.Type;
        TypeCode = type.Code;
        Shape = shape;
        Start = start;
        ByteCount = byteCount;
    }

    /// <summary>The type of the elements; null if TorchSharp has no such type, and then the tensor cannot be read.</summary>
    public ScalarType? DataType { get; }

    /// <summary>What the format calls the type of the elements, for example <c>F32</c> or <c>F8_E4M3</c>.</summary>
    public string TypeCode { get; }

    /// <summary>The sizes of the dimensions; none for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Bytes of data in the file.</summary>
    public long ByteCount { get; }

    /// <summary>Where the data start, counted from the end of the header.</summary>
    internal long Start { get; }

    /// <summary>For example <c>Float32 [64, 3, 3, 3]</c>, or <c>F8_E4M3 [10]</c> where TorchSharp has no name for the type.</summary>
    public override string ToString() => $"{DataType?.ToString() ?? TypeCode} [{string.Join(", ", Shape)}]";

    /// <summary>Whether the values may go into this tensor. Complex numbers never become real ones: a part of them would be lost.</summary>
    /// <param name="target">Of any type and device.</param>
    /// <param name="convert">Whether the types may differ.</param>
    internal bool Fits(Tensor target, bool convert) => Shape.SequenceEqual(target.shape)
        && (DataType == target.dtype || (convert && (DataType != ScalarType.ComplexFloat32 || target.is_complex())));
}
