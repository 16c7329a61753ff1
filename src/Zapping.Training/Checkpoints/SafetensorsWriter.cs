using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>Writes safetensors files, laid out as the reference implementation does.</summary>
internal static class SafetensorsWriter
{
    // The format's names are UTF-8 and only JSON's own characters need escapes.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Half a surrogate pair is an ArgumentException; the JSON writer would silently change it, and so the name.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var noGrad = no_grad();
        var entries = tensors.ToArray();
        EnsureWritable(entries);
        entries =
        [
            .. entries.OrderByDescending(e => SafetensorsTypes.RankOf(e.Value.dtype)).ThenBy(e => e.Key, StringComparer.Ordinal),
        ];

        var header = Header(entries, metadata);
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in entries)
        {
            using var scope = NewDisposeScope(); // one copy at a time, and none of contiguous CPU tensors
            TensorBytes.Write(tensor.resolve_neg().cpu().contiguous(), stream);
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

    private static ReadOnlySpan<byte> Header(
        KeyValuePair<string, Tensor>[] entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                WriteMetadata(json, metadata);
            }

            var end = 0L;
            foreach (var (name, tensor) in entries)
            {
                json.WriteStartObject(Utf8.GetBytes(name));
                json.WriteString("dtype", SafetensorsTypes.CodeOf(tensor.dtype));
                WriteNumbers(json, "shape", tensor.shape);
                var start = end;
                end += tensor.numel() * tensor.ElementSize;
                WriteNumbers(json, "data_offsets", [start, end]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        var padding = -buffer.WrittenCount & 7; // the data start at a multiple of 8
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenCount <= SafetensorsHeader.MaxLength
            ? buffer.WrittenSpan
            : throw new ArgumentException($"The names and metadata need more than {SafetensorsHeader.MaxLength} bytes.", nameof(entries));
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            var text = value ?? throw new ArgumentException($"The metadata '{key}' are null.", nameof(metadata));
            json.WriteString(Utf8.GetBytes(key), Utf8.GetBytes(text));
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
