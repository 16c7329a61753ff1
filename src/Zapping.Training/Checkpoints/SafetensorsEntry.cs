using System.Text.Json;
using static TorchSharp.torch;

namespace Zapping.Training.Internal;

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

        ScalarType? type = null;
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

        var bytes = ByteCount(name, type.Value, shape);
        return start <= end && end - start == bytes
            ? new(type.Value, shape, start, bytes)
            : throw new InvalidDataException(
                $"the data_offsets [{start}, {end}] of '{name}' do not hold the {bytes} bytes of {type} [{string.Join(", ", shape)}]");
    }

    private static ScalarType ParseType(string name, JsonElement value)
    {
        var code = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return SafetensorsTypes.TryParse(code, out var type)
            ? type
            : throw new InvalidDataException($"the dtype {code} of '{name}' is not known here");
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
                size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var value) && value >= 0
                    ? value
                    : throw new InvalidDataException(
                        $"the {property.Name} of '{name}' holds {size.GetRawText()}, which is no whole number of 0 or more")),
        ];
    }

    private static long ByteCount(string name, ScalarType type, long[] shape)
    {
        try
        {
            // libtorch counts the strides of empty tensors as if sizes of 0 were 1, so these must not overflow either.
            var atMost = shape.Aggregate((long)SafetensorsTypes.SizeOf(type), (product, size) => checked(product * Math.Max(size, 1)));
            return shape.Contains(0) ? 0 : atMost;
        }
        catch (OverflowException failure)
        {
            throw new InvalidDataException($"the shape [{string.Join(", ", shape)}] of '{name}' is too large", failure);
        }
    }
}
