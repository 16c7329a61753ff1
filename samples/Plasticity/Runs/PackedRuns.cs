using System.Globalization;

namespace Plasticity.Runs;

/// <summary>Runs of a problem and optimizer in one file, a line each, for what is kept.</summary>
internal static class PackedRuns
{
    /// <summary>Of the files' names.</summary>
    public const string Extension = ".jsonl";

    /// <summary>Writes a file for each problem, optimizer and rate.</summary>
    /// <param name="runs">All runs.</param>
    /// <param name="folder">Where the files go.</param>
    /// <returns>The files.</returns>
    public static IReadOnlyList<string> Write(IReadOnlyList<RunRecord> runs, string folder)
    {
        var files = new List<string>();
        foreach (var group in runs.GroupBy(run => (run.Problem, run.Optimizer, run.LearningRate)))
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{group.Key.Problem}-{group.Key.Optimizer}-{group.Key.LearningRate:r}{Extension}"));
            JsonFile.WriteLines(path, group.OrderBy(run => run.Tasks).ThenBy(run => run.Policy, StringComparer.Ordinal).ThenBy(run => run.Seed));
            files.Add(path);
        }

        return files;
    }

    /// <summary>Reads a file.</summary>
    public static IReadOnlyList<RunRecord> Read(string path) => JsonFile.ReadLines<RunRecord>(path, "no file of runs, a line each");
}
