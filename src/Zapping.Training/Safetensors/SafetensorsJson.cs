using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>
/// The header of a safetensors file as text, byte for byte as the reference implementation writes it. System.Text.Json would escape more
/// characters than that does, whatever its encoder.
/// </summary>
internal static class SafetensorsJson
{
    // Half a surrogate pair is an ArgumentException, as it is no text.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The order of names. UTF-16 orders characters beyond the basic plane before U+E000; code points, and bytes of UTF-8, do not.</summary>
    public static IComparer<string> ByCodePoints { get; } =
        Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));

    /// <summary>The header with its padding, without the 8 bytes of its length.</summary>
    /// <param name="entries">Tensors in the order of their data.</param>
    /// <param name="metadata">Free text.</param>
    /// <exception cref="ArgumentException">It is too long, or a name or the metadata are no valid Unicode.</exception>
    public static byte[] Header(KeyValuePair<string, Tensor>[] entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = new StringBuilder("{");
        if (metadata is { Count: > 0 })
        {
            AppendMetadata(json, metadata);
        }

        var end = 0L;
        foreach (var (name, tensor) in entries)
        {
            var start = end;
            end += tensor.numel() * tensor.ElementSize;
            AppendName(json, name);
            json.Append(CultureInfo.InvariantCulture, $$"""{"dtype":"{{SafetensorsTypes.CodeOf(tensor.dtype)}}","shape":[""");
            json.AppendJoin(',', tensor.shape).Append(CultureInfo.InvariantCulture, $$"""],"data_offsets":[{{start}},{{end}}]}""");
        }

        json.Append('}');
        json.Append(' ', -Utf8.GetByteCount(json.ToString()) & 7); // the data start at a multiple of 8
        var header = Utf8.GetBytes(json.ToString());
        return header.Length <= SafetensorsHeader.MaxLength
            ? header
            : throw new ArgumentException($"The names and metadata need more than {SafetensorsHeader.MaxLength} bytes.", nameof(entries));
    }

    private static void AppendMetadata(StringBuilder json, IReadOnlyDictionary<string, string> metadata)
    {
        AppendName(json, SafetensorsHeader.MetadataKey);
        json.Append('{');
        foreach (var (key, value) in metadata.OrderBy(m => m.Key, ByCodePoints))
        {
            AppendName(json, key);
            AppendText(json, value ?? throw new ArgumentException($"The metadata '{key}' are null.", nameof(metadata)));
        }

        json.Append('}');
    }

    private static void AppendName(StringBuilder json, string name)
    {
        json.Append(json[^1] == '{' ? "" : ",");
        AppendText(json, name);
        json.Append(':');
    }

    // JSON requires no other escapes than these, and the reference implementation writes no others.
    private static void AppendText(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => json.Append(character),
            };
        }

        json.Append('"');
    }
}
