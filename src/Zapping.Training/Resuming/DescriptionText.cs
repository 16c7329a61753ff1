using System.Globalization;

namespace Zapping.Training.Internal;

/// <summary>How values are written in a description.</summary>
internal static class DescriptionText
{
    public static IReadOnlyDictionary<string, string> Of(params IEnumerable<(string Name, object? Value)> settings) =>
        settings.ToDictionary(setting => setting.Name, setting => Text(setting.Value), StringComparer.Ordinal);

    /// <summary>What a source says of itself, and its type, unless it says that itself.</summary>
    public static IReadOnlyDictionary<string, string> OfSource(object source)
    {
        var settings = new Dictionary<string, string>((source as IDescribed)?.Description ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        settings.TryAdd("type", source.GetType().Name);
        return settings;
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        double number => number.ToString("r", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "none",
    };
}
