using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

/// <summary>The library's folders use each other in one direction, and what is beside its README uses none.</summary>
public sealed partial class FolderTests
{
    [Fact]
    public void No_folder_uses_one_that_uses_it()
    {
        var sources = Directory.EnumerateFiles(Library(), "*.cs", SearchOption.AllDirectories)
            .Select(path => (Folder: Path.GetDirectoryName(Path.GetRelativePath(Library(), path))!, Code: Ignored.Replace(File.ReadAllText(path), "")))
            .Where(file => file.Folder.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .ToList();
        var homes = sources.SelectMany(file => Declared.Matches(file.Code).Select(match => (match.Groups["name"].Value, file.Folder)))
            .ToDictionary(StringComparer.Ordinal);
        var uses = sources.GroupBy(file => file.Folder, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => group.SelectMany(file => Word.Matches(file.Code)).Select(word => homes.GetValueOrDefault(word.Value)).OfType<string>()
                .Where(folder => folder != group.Key).ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);
        uses.Should().HaveCountGreaterThan(10);
        uses[""].Should().BeEmpty("that is the ground on which all folders stand");

        // Whoever uses nobody that is left is taken away, until nobody is left, or only those in a circle.
        while (uses.FirstOrDefault(folder => !folder.Value.Overlaps(uses.Keys)).Key is { } ground)
        {
            uses.Remove(ground);
        }

        uses.Should().BeEmpty();
    }

    [Fact]
    public void No_file_is_longer_than_can_be_read_at_once() => Directory.EnumerateFiles(Library(), "*.cs", SearchOption.AllDirectories)
        .Where(path => File.ReadLines(path).Count() > 300).Should().BeEmpty();

    private static string Library([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "Zapping.Datasets"));

    // Comments and text.
    [GeneratedRegex("""//.*|"([^"\n]|\\")*"|(?<=\.)\w+""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Ignored { get; }

    [GeneratedRegex(@"\b(class|record|record struct|struct|interface|enum) (?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Declared { get; }

    [GeneratedRegex(@"\w+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Word { get; }
}
