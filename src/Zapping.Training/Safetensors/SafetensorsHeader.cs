using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Zapping.Training.Safetensors;

/// <summary>The checked header of a safetensors file.</summary>
/// <param name="Tensors">In the order of their data.</param>
/// <param name="Metadata">Free text.</param>
/// <param name="Length">Of the header with its 8 bytes of length; the data follow.</param>
internal sealed record SafetensorsHeader(
    OrderedDictionary<string, TensorInfo> Tensors, IReadOnlyDictionary<string, string> Metadata, long Length)
{
    public const string MetadataKey = "__metadata__";
    public const int LengthBytes = 8;

    /// <summary>The reference implementation reads no longer header.</summary>
    public const int MaxLength = 100_000_000;

    /// <summary>Reads and checks the header of what the stream holds from its current position to its end.</summary>
    /// <exception cref="InvalidDataException">The stream does not hold exactly one valid safetensors file.</exception>
    public static SafetensorsHeader Read(Stream stream)
    {
        var available = stream.Length - stream.Position;
        if (available < LengthBytes)
        {
            throw new InvalidDataException($"it is {available} bytes long and so too short for the length of a header");
        }

        Span<byte> prefix = stackalloc byte[LengthBytes];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength)
        {
            throw new InvalidDataException($"its header claims {length} bytes, but {MaxLength} is the most that the format allows");
        }

        if ((long)length > available - LengthBytes)
        {
            throw new InvalidDataException($"its header claims {length} bytes, but only {available - LengthBytes} follow");
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        var (tensors, metadata) = Parse(json);
        EnsureCovers(tensors, available - LengthBytes - json.Length);
        return new(tensors, metadata, LengthBytes + json.Length);
    }

    private static (OrderedDictionary<string, TensorInfo> Tensors, Dictionary<string, string> Metadata) Parse(byte[] json)
    {
        // White space before it is padding, which some writers put there to align the data.
        if (json.AsSpan().TrimStart(" \t\n\r"u8) is not [(byte)'{', ..] || !Utf8.IsValid(json))
        {
            throw new InvalidDataException("its header is not a JSON object in UTF-8");
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var tensors = new List<KeyValuePair<string, TensorInfo>>();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataKey))
                {
                    ReadMetadata(property.Value, metadata);
                }
                else
                {
                    tensors.Add(new(property.Name, SafetensorsEntry.Parse(property.Name, property.Value)));
                }
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The latter: escapes such as \ud800 that are no text.
            throw new InvalidDataException($"its header is not valid JSON ({failure.Message})", failure);
        }

        return (new(tensors.OrderBy(t => t.Value.Start).ThenBy(t => t.Value.ByteCount), StringComparer.Ordinal), metadata);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{MetadataKey} is not an object");
        }

        foreach (var property in element.EnumerateObject())
        {
            metadata.Add(property.Name, property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw new InvalidDataException($"'{property.Name}' in {MetadataKey} is not a string"));
        }
    }

    private static void EnsureCovers(OrderedDictionary<string, TensorInfo> tensors, long dataLength)
    {
        var end = 0L;
        foreach (var (name, info) in tensors)
        {
            if (info.Start != end)
            {
                throw new InvalidDataException(
                    $"the data of '{name}' start at {info.Start}, {(info.Start < end ? "inside" : "with a gap after")} those "
                    + $"of the tensor before, which end at {end}");
            }

            end += info.ByteCount;
        }

        if (end != dataLength)
        {
            throw new InvalidDataException($"its header describes {end} bytes of data, but {dataLength} follow");
        }
    }
}
