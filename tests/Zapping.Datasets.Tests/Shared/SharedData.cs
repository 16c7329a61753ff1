using System.Runtime.CompilerServices;

namespace Zapping.Datasets.Tests;

/// <summary>Real data sets that lie beside the repository, for tests that are skipped without them. PaperCurves.Tests compiles this file too.</summary>
internal static class SharedData
{
    /// <summary>Folder of Omniglot, or null: $OMNIGLOT, or shared/omniglot beside the repository.</summary>
    public static string? Omniglot()
    {
        var named = Environment.GetEnvironmentVariable("OMNIGLOT");
        return !string.IsNullOrEmpty(named) ? named : Folders("omniglot").FirstOrDefault(Datasets.Omniglot.IsPresent);
    }

    /// <summary>The folder and all above it.</summary>
    public static IEnumerable<string> AllAbove(string? folder)
    {
        for (; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }

    private static IEnumerable<string> Folders(string name) =>
        AllAbove(AppContext.BaseDirectory).Concat(AllAbove(SourceFolder())).Select(folder => Path.Combine(folder, "shared", name));

    private static string? SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path);
}
