using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>
/// The folders of the library lie on floors, and name types of lower floors only: a file can be read, and changed, without what lies above. What gives a trainer a feature
/// (<c>*TrainerExtensions.cs</c>) lies with its feature, and may name trainers from there.
/// </summary>
public sealed partial class FloorTests
{
    private const string Root = "Zapping.Training";

    // From the ground up.
    private static readonly string[][] Floors =
    [
        ["Boundaries", "Files", "Resuming", "Validation"],
        ["Telemetry", "Torch"],
        ["Native", "Randomness"],
        ["Optimizers", "Parameters", "Safetensors"],
        ["Initializers"],
        ["Resets"],
        ["Scheduling"],
        ["Data", "Heads", "HiddenUnits"],
        ["Policies/Zap", "Steps"],
        ["Penalties", "Policies", "UpdateRules"], // policies have a folder each
        ["Serving", "Trainers"],
        ["Checkpoints", "Episodes", "Evaluation", "Hosting", "Rehearsal"],
        ["Diagnostics", "Transfer"],
    ];

    private static readonly string Folder = Path.Combine(ThrowawayProject.Repository, "src", "Zapping.Training");

    private static readonly IReadOnlyList<SourceFile> Sources =
    [
        .. Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("bin/", StringComparison.Ordinal) && !path.StartsWith("obj/", StringComparison.Ordinal))
            .Select(SourceFile.Read),
    ];

    [Fact]
    public void Every_folder_has_a_floor() =>
        Sources.Select(file => RoomOf(file.Folder)).Distinct(StringComparer.Ordinal).Should().BeEquivalentTo(Floors.SelectMany(floor => floor));

    [Fact]
    public void No_file_names_a_type_of_its_own_floor_or_of_a_higher_one()
    {
        var owners = Sources.SelectMany(file => file.Types.Select(type => (type, file))).ToLookup(own => own.type, own => own.file, StringComparer.Ordinal);
        var faults =
            from file in Sources
            where !file.Path.EndsWith("TrainerExtensions.cs", StringComparison.Ordinal)
            from name in file.Names
            from owner in owners[name]
            where owner.Folder != file.Folder && FloorOf(owner.Folder) >= FloorOf(file.Folder)
            select $"{file.Path} names {name} of {owner.Path}";

        faults.Should().BeEmpty();
    }

    [Fact]
    public void No_file_is_longer_than_three_hundred_lines() =>
        Sources.Where(file => file.Lines > 300).Select(file => $"{file.Path}: {file.Lines}").Should().BeEmpty();

    [Fact]
    public void The_picture_shows_the_floors()
    {
        XNamespace svg = "http://www.w3.org/2000/svg";
        var picture = XDocument.Load(Path.Combine(ThrowawayProject.Repository, "docs", "images", "floors.svg"));
        var shown = picture.Descendants(svg + "g").Where(group => group.Attribute("class")?.Value == "floor")
            .Select(floor => floor.Elements(svg + "text").Where(text => text.Attribute("class")?.Value == "folder").Select(text => text.Value).ToArray());
        shown.Should().BeEquivalentTo(Enumerable.Reverse(Floors), options => options.WithStrictOrdering());
    }

    [Fact]
    public void Namespaces_follow_folders_but_for_the_root()
    {
        var faults = Sources
            .Where(file => file.Namespace is not (Root or "Microsoft.Extensions.DependencyInjection") && file.Namespace != $"{Root}.{file.Folder.Split('/')[0]}")
            .Select(file => $"{file.Path}: {file.Namespace}");

        faults.Should().BeEmpty();
    }

    [Fact]
    public void The_root_namespace_holds_what_a_newcomer_meets() =>
        typeof(Trainer).Assembly.GetExportedTypes().Where(type => type.Namespace == Root && !type.IsNested).Should().HaveCountLessThan(50);

    private static int FloorOf(string folder) => Array.FindIndex(Floors, floor => floor.Contains(RoomOf(folder)));

    // A folder in a folder is on the floor of the outer one, unless the list names it.
    private static string RoomOf(string folder) => Floors.Any(floor => floor.Contains(folder)) ? folder : folder.Split('/')[0];

    private sealed partial record SourceFile(string Path, string Folder, string Namespace, int Lines, IReadOnlySet<string> Types, IReadOnlySet<string> Names)
    {
        public static SourceFile Read(string path)
        {
            var text = File.ReadAllText(System.IO.Path.Combine(FloorTests.Folder, path));
            var code = Comments().Replace(Literals().Replace(text, "\"\""), "");
            return new SourceFile(
                path,
                path[..path.LastIndexOf('/')],
                NamespaceOf().Match(code).Groups["name"].Value,
                text.Count(character => character == '\n'),
                Declarations().Matches(code).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal),
                Identifiers().Matches(code).Select(match => match.Value).ToHashSet(StringComparer.Ordinal));
        }

        [GeneratedRegex(@"\$?""(?:\\.|[^""\\\n])*""", RegexOptions.NonBacktracking)]
        private static partial Regex Literals();

        [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
        private static partial Regex Comments();

        [GeneratedRegex(@"^(?:public |internal |file )?(?:static |sealed |abstract |partial |readonly |ref |unsafe )*(?:record struct|record|class|struct|interface|enum) (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
        private static partial Regex Declarations();

        [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
        private static partial Regex NamespaceOf();

        [GeneratedRegex(@"\b[A-Z]\w+", RegexOptions.NonBacktracking)]
        private static partial Regex Identifiers();
    }
}
