using System.Runtime.CompilerServices;

namespace Zapping.Datasets.Tests;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("papercurves-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Paths of all files below, relative to the folder, with '/'.</summary>
    public string[] Files => [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
        .Select(file => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/'))];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Calls back at once on the reporting thread; Progress&lt;T&gt; would come late and in any order.</summary>
internal sealed class Reports(Action<double>? also = null) : IProgress<double>
{
    public List<double> Values { get; } = [];

    public void Report(double value)
    {
        Values.Add(value);
        also?.Invoke(value);
    }
}

internal static class TestFiles
{
    /// <summary>A file that lies beside the tests' sources.</summary>
    public static string Fixture(string name) =>
        SharedData.AllAbove(SourceFolder()).Concat(SharedData.AllAbove(AppContext.BaseDirectory))
            .SelectMany(folder => new[]
            {
                Path.Combine(folder, "Fixtures", name),
                Path.Combine(folder, "tests", "Zapping.Datasets.Tests", "Fixtures", name),
            })
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"The fixture {name} is nowhere above {AppContext.BaseDirectory}.");

    private static string? SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path);
}
