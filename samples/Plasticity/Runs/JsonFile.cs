using System.Text.Json;
using System.Text.Json.Serialization;
using Zapping.CommandLine;

namespace Plasticity.Runs;

/// <summary>Files of JSON, written whole or not at all.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Dense = Options(indented: false);
    private static readonly JsonSerializerOptions Indented = Options(indented: true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="whatItIsNot">How the message goes on if it cannot be read.</param>
    /// <exception cref="CommandException">It is damaged.</exception>
    public static T Read<T>(string path, string whatItIsNot) => Parse<T>(File.ReadAllText(path), path, whatItIsNot);

    /// <summary>Reads a file with a value in each line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="whatItIsNot">How the message goes on if it cannot be read.</param>
    /// <exception cref="CommandException">It is damaged.</exception>
    public static IReadOnlyList<T> ReadLines<T>(string path, string whatItIsNot) => [.. File.ReadLines(path).Select(line => Parse<T>(line, path, whatItIsNot))];

    /// <summary>Writes a file, and its folder where it is missing.</summary>
    public static void Write<T>(string path, T value, bool indented = false) => Write(path, JsonSerializer.Serialize(value, indented ? Indented : Dense));

    /// <summary>Writes a file with a value in each line.</summary>
    public static void WriteLines<T>(string path, IEnumerable<T> values) => Write(path, string.Concat(values.Select(value => JsonSerializer.Serialize(value, Dense) + "\n")));

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".part";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    private static T Parse<T>(string text, string path, string whatItIsNot)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Dense) ?? throw new JsonException("it is empty");
        }
        catch (JsonException damage)
        {
            throw new CommandException($"{path} is {whatItIsNot} ({damage.Message}).", damage);
        }
    }

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        WriteIndented = indented,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
