using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Zapping.Continual.Tests;

/// <summary>The library's folders are floors: a file names types of its own floor and of those below, never of one above.</summary>
public sealed partial class FloorTests
{
    // From the bottom up.
    private static readonly string[] Floors =
    [
        "Tasks", "Losses", "Memory", "Learners",
        "Learners.Sequential", "Learners.Joint", "Learners.Replay", "Learners.Distilling", "Learners.Regularizing", "Learners.DarkReplay", "Learners.Features",
    ];

    private static readonly IReadOnlyList<SourceFile> Files = Read();

    [Fact]
    public void Every_folder_is_a_floor_and_a_namespace()
    {
        Files.Select(file => file.Floor).Distinct(StringComparer.Ordinal).Should().BeEquivalentTo(Floors);
        foreach (var file in Files.Where(file => file.Floor.Length > 0))
        {
            file.Text.Should().Contain($"namespace Zapping.Continual.{file.Floor};", file.Name);
        }
    }

    [Fact]
    public void No_file_names_a_type_of_a_higher_floor()
    {
        var upward =
            from file in Files
            from floor in file.FloorsNamed()
            where Array.IndexOf(Floors, floor) > Array.IndexOf(Floors, file.Floor)
            select $"{file.Name} names a type of {floor}";
        upward.Should().BeEmpty();
    }

    [Theory]
    [InlineData("using Zapping.Continual.Memory;", "Memory")]
    [InlineData("using static Zapping.Continual.Losses.ClassLosses;", "Losses")]
    [InlineData("Memory.ExemplarMemory.Total(1);", "Memory")]
    [InlineData("Phase.Make(name, make);", "Learners")]
    public void What_is_named_is_seen(string line, string floor) =>
        new SourceFile("Learners/Joint/Any.cs", "Learners.Joint", line).FloorsNamed().Should().Equal(floor);

    private static SourceFile[] Read([CallerFilePath] string here = "")
    {
        var app = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "Zapping.Continual"));
        return
        [
            .. from path in Directory.EnumerateFiles(app, "*.cs", SearchOption.AllDirectories)
               let name = Path.GetRelativePath(app, path).Replace('\\', '/')
               where !name.StartsWith("obj/", StringComparison.Ordinal) && !name.StartsWith("bin/", StringComparison.Ordinal)
               let floor = Path.GetDirectoryName(name)!.Replace('\\', '/').Replace('/', '.')
               select new SourceFile(name, floor, CommentOrText().Replace(File.ReadAllText(path), "")),
        ];
    }

    [GeneratedRegex("//.*|\"[^\"\\n]*\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(
        @"^(?:public |internal |static |sealed |abstract |partial |readonly )*(?:class|record struct|record|struct|interface|enum) (?<name>[A-Z]\w*)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"\bZapping\.Continual\.(?<path>[\w.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WholeName();

    // What follows a dot is a member, or part of a longer name.
    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(\.[A-Z]\w*)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ShortName();

    private sealed record SourceFile(string Name, string Floor, string Text)
    {
        private static readonly IReadOnlySet<(string Floor, string Type)> Types = Files
            .SelectMany(file => TopLevelType().Matches(file.Text).Select(match => (file.Floor, match.Groups["name"].Value)))
            .ToHashSet();

        /// <summary>
        /// The other floors of which the file names types: by the whole namespace, in a using too, by its last part, or, where that
        /// namespace is around the file's own, by the type alone. There is no fourth way.
        /// </summary>
        public IEnumerable<string> FloorsNamed()
        {
            var whole = WholeName().Matches(Text).Select(match => Floors.Where(floor => $"{match.Groups["path"].Value}.".StartsWith($"{floor}.", StringComparison.Ordinal)).MaxBy(floor => floor.Length));
            var names = ShortName().Matches(Text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
            var partly = Types.Where(type => names.Contains($"{type.Floor.Split('.')[^1]}.{type.Type}")).Select(type => type.Floor);
            var around = Types.Where(type => Floor.StartsWith($"{type.Floor}.", StringComparison.Ordinal) && names.Any(name => name.Split('.')[0] == type.Type)).Select(type => type.Floor);
            return whole.OfType<string>().Concat(partly).Concat(around).Where(floor => floor != Floor).Distinct(StringComparer.Ordinal);
        }
    }
}
