using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>Writes safetensors files, byte for byte as the reference implementation does.</summary>
internal static class SafetensorsWriter
{
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var noGrad = no_grad();
        var entries = tensors.ToArray();
        EnsureWritable(entries);
        entries =
        [
            .. entries.OrderByDescending(e => SafetensorsTypes.RankOf(e.Value.dtype)).ThenBy(e => e.Key, SafetensorsJson.ByCodePoints),
        ];

        var header = SafetensorsJson.Header(entries, metadata);
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in entries)
        {
            using var scope = NewDisposeScope(); // one copy at a time, and none of contiguous CPU tensors
            TensorBytes.Write(tensor.resolve_conj().resolve_neg().cpu().contiguous(), stream);
        }
    }

    private static void EnsureWritable(KeyValuePair<string, Tensor>[] entries)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in entries)
        {
            if (name is null or SafetensorsHeader.MetadataKey || !names.Add(name))
            {
                throw new ArgumentException(
                    name is null or SafetensorsHeader.MetadataKey
                        ? $"A tensor cannot be named {name ?? "null"}."
                        : $"Two tensors are named '{name}'.",
                    nameof(entries));
            }

            if (tensor is null || tensor.IsInvalid)
            {
                throw new ArgumentException($"The tensor '{name}' is null or disposed.", nameof(entries));
            }

            if (!SafetensorsTypes.Knows(tensor.dtype) || tensor.is_sparse)
            {
                throw new ArgumentException(
                    $"The format has no place for '{name}', a {(tensor.is_sparse ? "sparse " : "")}tensor of {tensor.dtype}.",
                    nameof(entries));
            }
        }
    }
}
