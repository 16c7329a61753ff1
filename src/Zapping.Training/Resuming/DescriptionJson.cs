using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Zapping.Training.Resuming;

/// <summary>Writes descriptions as JSON, and JSON as text for messages and comparisons. Nothing of it needs reflection.</summary>
internal static class DescriptionJson
{
    /// <summary>A reader of JSON refuses what is nested more than 64 levels deep; a value that holds itself would never end.</summary>
    private const int Deepest = 16;

    private static readonly JavaScriptEncoder Escapes = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static JsonObject Of(IReadOnlyDictionary<string, object?> settings) => Object(settings.Select(setting => (setting.Key, setting.Value)), 0);

    /// <returns>Null if it says nothing of itself.</returns>
    public static JsonObject? OfDescribed(object owner) => owner is IDescribed described ? Of(described.Description) : null;

    public static JsonArray Of(IEnumerable<string> names) => new([.. names.Select(name => Node(name, 0))]);

    public static JsonArray Of(IEnumerable<double> numbers) => new([.. numbers.Select(number => Node(number, 0))]);

    /// <summary>What a source or another part of a run says of itself, and its type, unless it says that itself.</summary>
    public static IReadOnlyDictionary<string, object?> SettingsOf(object part)
    {
        var settings = new Dictionary<string, object?>((part as IDescribed)?.Description ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal);
        settings.TryAdd("type", part.GetType().Name);
        return settings;
    }

    /// <summary>The same text for the same value, be it read from a file or made here; strings are in quotes.</summary>
    /// <param name="node">The value; null for JSON's null.</param>
    /// <param name="most">How many entries of a list are written out.</param>
    /// <exception cref="InvalidOperationException">A string of a file is no valid text.</exception>
    public static string Text(JsonNode? node, int most = int.MaxValue) => node switch
    {
        null => "null",
        JsonObject settings =>
            $"{{{string.Join(", ", settings.OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{Quoted(setting.Key)}: {Text(setting.Value, most)}"))}}}",
        JsonArray list => $"[{string.Join(", ", list.Take(most).Select(entry => Text(entry, most)))}{(list.Count > most ? $", … {list.Count} in all" : "")}]",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => Quoted(node.GetValue<string>()),
            JsonValueKind.Number => Number(node.ToJsonString()),
            _ => node.ToJsonString(),
        },
    };

    private static string Quoted(string text) => $"\"{Escapes.Encode(text)}\"";

    // 2, 2.0 and 2e0 are one number.
    private static string Number(string json)
    {
        if (long.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole.ToString(CultureInfo.InvariantCulture);
        }

        if (ulong.TryParse(json, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
        {
            return large.ToString(CultureInfo.InvariantCulture);
        }

        return double.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number.ToString("r", CultureInfo.InvariantCulture)
            : json;
    }

    private static JsonObject Object(IEnumerable<(string Key, object? Value)> settings, int depth)
    {
        var json = new JsonObject();
        foreach (var (key, value) in settings)
        {
            json[Valid(key)] = Node(value, depth + 1);
        }

        return json;
    }

    private static JsonNode? Node(object? value, int depth) => value switch
    {
        null => null,
        bool truth => JsonValue.Create(truth),
        string text => JsonValue.Create(Valid(text)),
        sbyte or byte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        ulong number => JsonValue.Create(number),
        float number => float.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(NonFinite(number)),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(NonFinite(number)),
        Half number => Node((float)number, depth),
        decimal number => JsonValue.Create(number),
        Enum => JsonValue.Create(value.ToString()),
        IReadOnlyDictionary<string, object?> settings when depth < Deepest => Object(settings.Select(setting => (setting.Key, setting.Value)), depth),
        IDictionary settings when depth < Deepest => Object(settings.Keys.Cast<object>().Select(key => (Words(key) ?? "", settings[key])), depth),
        IEnumerable list when depth < Deepest => new JsonArray([.. list.Cast<object?>().Select(entry => Node(entry, depth + 1))]),
        _ => JsonValue.Create(Valid(Words(value) ?? "")),
    };

    // A half of a surrogate pair becomes U+FFFD in a file.
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string NonFinite(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Words(object value) => value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString();
}
