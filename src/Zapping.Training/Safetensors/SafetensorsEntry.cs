using System.Text.Json;

namespace Zapping.Training.Safetensors;

/// <summary>What the header of a safetensors file says of one tensor.</summary>
internal static class SafetensorsEntry
{
    /// <exception cref="InvalidDataException">The entry contradicts the format or itself.</exception>
    public static TensorInfo Parse(string name, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"the entry of '{name}' is not an object");
        }

        SafetensorsType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        foreach (var property in entry.EnumerateObject())
        {
            switch (property.Name)
            {
                case "dtype":
                    type = ParseType(name, property.Value);
                    break;
                case "shape":
                    shape = ParseSizes(name, property);
                    break;
                case "data_offsets":
                    offsets = ParseSizes(name, property);
                    break;
                default:
                    throw new InvalidDataException($"the entry of '{name}' has an unknown field '{property.Name}'");
            }
        }

        if (type is null || shape is null || offsets is not [var start, var end])
        {
            throw new InvalidDataException($"the entry of '{name}' lacks its dtype, its shape or its two data_offsets");
        }

        var bytes = ByteCount(name, type, shape);
        var info = new TensorInfo(type, shape, start, bytes);
        return start <= end && end - start == bytes
            ? info
            : throw new InvalidDataException($"the data_offsets [{start}, {end}] of '{name}' do not hold the {bytes} bytes of {info}");
    }

    private static SafetensorsType ParseType(string name, JsonElement value)
    {
        var code = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return SafetensorsTypes.Find(code) ?? throw new InvalidDataException($"the dtype {code} of '{name}' is not one of the format's");
    }

    private static long[] ParseSizes(string name, JsonProperty property)
    {
        if (property.Value.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"the {property.Name} of '{name}' is not an array");
        }

        return
        [
            .. property.Value.EnumerateArray().Select(size =>
                size.ValueKind == JsonValueKind.Number && size.TryGetUInt64(out var value) && value <= long.MaxValue // unsigned: no -0
                    ? (long)value
                    : throw new InvalidDataException(
                        $"the {property.Name} of '{name}' holds {size.GetRawText()}, which is no whole number from 0 to {long.MaxValue}")),
        ];
    }

    private static long ByteCount(string name, SafetensorsType type, long[] shape)
    {
        try
        {
            // libtorch counts the strides of empty tensors as if sizes of 0 were 1, so these must not overflow either.
            var bits = shape.Aggregate((Int128)type.Bits, (product, size) => checked(product * Math.Max(size, 1)));
            var atMost = checked((long)((bits + 7) / 8));
            if (shape.Contains(0))
            {
                return 0;
            }

            return bits % 8 == 0
                ? atMost
                : throw new InvalidDataException($"the {bits} bits of '{name}', {type.Code} [{string.Join(", ", shape)}], do not fill whole bytes");
        }
        catch (OverflowException failure)
        {
            throw new InvalidDataException($"the shape [{string.Join(", ", shape)}] of '{name}' is too large", failure);
        }
    }
}
