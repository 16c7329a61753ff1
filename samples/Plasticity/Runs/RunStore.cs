using System.Text.Json;
using System.Text.Json.Serialization;
using Zapping.CommandLine;

namespace Plasticity.Runs;

/// <summary>A folder with a file for each run that is done, so that a comparison that was stopped goes on.</summary>
internal sealed class RunStore(string folder)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = false,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Whether a run is there. Everything that determines it is in its name.</summary>
    public bool Has(Cell cell) => File.Exists(PathOf(cell));

    /// <summary>The run of a cell.</summary>
    public RunRecord Read(Cell cell) => Read(PathOf(cell));

    /// <summary>Writes a run whole or not at all.</summary>
    public void Write(Cell cell, RunRecord run)
    {
        var path = PathOf(cell);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".part";
        File.WriteAllText(temporary, JsonSerializer.Serialize(run, Json));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>All runs in the folder.</summary>
    public IReadOnlyList<RunRecord> ReadAll() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read)]
        : [];

    private string PathOf(Cell cell) => Path.Combine(folder, cell.FileName);

    private static RunRecord Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunRecord>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (JsonException damage)
        {
            throw new CommandException($"{path} is no run: {damage.Message} Delete it, and it is made again.", damage);
        }
    }
}
