using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>A second reader of the format, which takes its time: it marks the bytes of each tensor, and knows no overflow.</summary>
internal static class StrictSafetensors
{
    private static readonly (int Bits, string[] Types)[] Sizes =
    [
        (4, ["F4"]), (6, ["F6_E2M3", "F6_E3M2"]), (8, ["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"]),
        (16, ["I16", "U16", "F16", "BF16"]), (32, ["I32", "U32", "F32"]), (64, ["C64", "F64", "I64", "U64"]),
    ];

    /// <summary>The bytes of each tensor by name; null if the file breaks a rule.</summary>
    public static Dictionary<string, byte[]>? Read(byte[] file)
    {
        try
        {
            Demand(file.Length >= 8);
            var length = BinaryPrimitives.ReadUInt64LittleEndian(file);
            Demand(length <= (ulong)(file.Length - 8) && length > 0);
            var (json, data) = (file[8..(8 + (int)length)], file[(8 + (int)length)..]);
            Demand(Encoding.UTF8.GetString(json).TrimStart(' ', '\t', '\n', '\r').StartsWith('{') && Utf8.IsValid(json));
            using var header = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000_000 });
            return Tensors(header.RootElement, data);
        }
        catch (Exception failure) when (failure is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Dictionary<string, byte[]> Tensors(JsonElement header, byte[] data)
    {
        var tensors = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var marks = new int[data.Length];
        var empty = new List<int>();
        foreach (var (name, value) in Fields(header))
        {
            if (name == "__metadata__")
            {
                Demand(Fields(value).Values.All(text => text.ValueKind == JsonValueKind.String && text.GetString() is not null));
                continue;
            }

            var entry = Fields(value);
            Demand(entry.Count == 3 && entry.ContainsKey("dtype") && entry.ContainsKey("shape") && entry.ContainsKey("data_offsets"));
            Demand(entry["dtype"].ValueKind == JsonValueKind.String);
            BigInteger bits = Sizes.SingleOrDefault(known => known.Types.Contains(entry["dtype"].GetString(), StringComparer.Ordinal)).Bits;
            var (shape, offsets) = (Numbers(entry["shape"]), Numbers(entry["data_offsets"]));
            Demand(bits > 0);
            Demand(shape.Aggregate(bits, (product, count) => product * BigInteger.Max(count, 1)) <= 8 * (BigInteger)long.MaxValue);
            Demand(offsets.Count == 2 && offsets[1] <= data.Length && 8 * (offsets[1] - offsets[0]) == shape.Aggregate(bits, (product, count) => product * count));
            var (start, end) = ((int)offsets[0], (int)offsets[1]);
            tensors.Add(name, data[start..end]);
            empty.AddRange(start == end ? [start] : []);
            for (var at = start; at < end; at++)
            {
                marks[at] += at == start ? 3 : 2; // odd where a tensor begins
            }
        }

        Demand(marks.All(mark => mark is 2 or 3) && empty.TrueForAll(at => at == data.Length || marks[at] == 3));
        return tensors;
    }

    private static Dictionary<string, JsonElement> Fields(JsonElement element)
    {
        Demand(element.ValueKind == JsonValueKind.Object);
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            Demand(fields.TryAdd(property.Name, property.Value));
        }

        return fields;
    }

    // Digits only: 1e2 and 1.0 are numbers of another kind.
    private static List<BigInteger> Numbers(JsonElement element)
    {
        Demand(element.ValueKind == JsonValueKind.Array);
        return [.. element.EnumerateArray().Select(number =>
        {
            Demand(number.ValueKind == JsonValueKind.Number && number.GetRawText() is var digits && digits.All(char.IsAsciiDigit));
            var value = BigInteger.Parse(number.GetRawText(), CultureInfo.InvariantCulture);
            Demand(value <= long.MaxValue);
            return value;
        })];
    }

    private static void Demand(bool holds)
    {
        if (!holds)
        {
            throw new FormatException();
        }
    }
}
