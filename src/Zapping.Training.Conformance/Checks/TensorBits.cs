using System.Globalization;
using static TorchSharp.torch;

namespace Zapping.Training.Conformance.Checks;

/// <summary>The exact bits of a tensor at one moment, entry by entry.</summary>
internal sealed class TensorBits
{
    private readonly byte[] _bytes;
    private readonly double[] _values;
    private readonly int _columns;

    public TensorBits(string name, Tensor tensor)
    {
        Name = name;
        using var scope = NewDisposeScope();
        var copy = tensor.detach().cpu().contiguous().clone();
        _bytes = copy.bytes.ToArray();
        _values = copy.to(ScalarType.Float64).data<double>().ToArray();
        _columns = copy.dim() < 2 || _values.Length == 0 ? 1 : _values.Length / (int)copy.shape[0];
    }

    public string Name { get; }

    public int Count => _values.Length;

    public EntryPlace Place(int entry) => new(Name, entry / _columns, entry % _columns);

    public bool IsAllZero(int entry) => Entry(entry).IndexOfAnyExcept((byte)0) < 0;

    public bool Equals(int entry, TensorBits other) => Entry(entry).SequenceEqual(other.Entry(entry));

    /// <summary>The value, with its bits where it prints as the other does.</summary>
    public string Text(int entry) => string.Create(CultureInfo.InvariantCulture, $"{_values[entry]:r} (0x{Convert.ToHexString(Entry(entry))})");

    /// <summary>The first entry that differs; null if none does.</summary>
    public int? FirstDifference(TensorBits other)
    {
        for (var entry = 0; entry < Math.Min(Count, other.Count); entry++)
        {
            if (!Equals(entry, other))
            {
                return entry;
            }
        }

        return Count == other.Count ? null : Math.Min(Count, other.Count);
    }

    private ReadOnlySpan<byte> Entry(int entry)
    {
        var size = _bytes.Length / _values.Length;
        return _bytes.AsSpan(entry * size, size);
    }
}
