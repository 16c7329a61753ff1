using Plasticity.Tuning;

namespace Plasticity.Runs;

/// <summary>A folder with a file for each run that is done, so that a comparison that was stopped goes on.</summary>
internal sealed class RunStore(string folder)
{
    /// <summary>Whether a run is there. Everything that determines it is in its name.</summary>
    public bool Has(Cell cell) => File.Exists(PathOf(cell));

    /// <summary>The run of a cell.</summary>
    public RunRecord Read(Cell cell) => Read(PathOf(cell));

    /// <summary>Writes a run whole or not at all.</summary>
    public void Write(Cell cell, RunRecord run) => JsonFile.Write(PathOf(cell), run);

    /// <summary>All runs in the folder, those in packed files too.</summary>
    public IReadOnlyList<RunRecord> ReadAll() => Directory.Exists(folder)
        ? [.. Files("*.json").Where(path => !Path.GetFileName(path).StartsWith(TunedOptions.Prefix, StringComparison.Ordinal)).Select(Read), .. Files($"*{PackedRuns.Extension}").SelectMany(PackedRuns.Read)]
        : [];

    private IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private string PathOf(Cell cell) => Path.Combine(folder, cell.FileName);

    private static RunRecord Read(string path) => JsonFile.Read<RunRecord>(path, "no run: delete it, and it is made again");
}
