using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>What a <see cref="SafetensorsFile"/> says of one tensor without reading it.</summary>
public sealed class TensorInfo
{
    internal TensorInfo(ScalarType dataType, long[] shape, long start, long byteCount)
    {
        DataType = dataType;
        Shape = shape;
        Start = start;
        ByteCount = byteCount;
    }

    /// <summary>The type of the elements.</summary>
    public ScalarType DataType { get; }

    /// <summary>The sizes of the dimensions; none for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Bytes of data in the file.</summary>
    public long ByteCount { get; }

    /// <summary>Where the data start, counted from the end of the header.</summary>
    internal long Start { get; }

    /// <summary>For example <c>Float32 [64, 3, 3, 3]</c>.</summary>
    public override string ToString() => $"{DataType} [{string.Join(", ", Shape)}]";
}
