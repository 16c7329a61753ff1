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
    public static T Read<T>(string path, string whatItIsNot)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Dense) ?? throw new JsonException("it is empty");
        }
        catch (JsonException damage)
        {
            throw new CommandException($"{path} is {whatItIsNot} ({damage.Message}).", damage);
        }
    }

    /// <summary>Writes a file, and its folder where it is missing.</summary>
    public static void Write<T>(string path, T value, bool indented = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".part";
        File.WriteAllText(temporary, JsonSerializer.Serialize(value, indented ? Indented : Dense));
        File.Move(temporary, path, overwrite: true);
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
