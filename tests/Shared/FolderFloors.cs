using System.Text.RegularExpressions;

namespace Zapping.Training.Tests.Shared;

/// <summary>The folders of a project as floors: a file names types of its own floor and of those below, never of one above.</summary>
internal sealed partial class FolderFloors
{
    private readonly string _space;
    private readonly string[] _floors;
    private readonly Regex _wholeName;
    private readonly SourceFile[] _files;
    private readonly HashSet<(string Floor, string Type)> _types;

    /// <summary>Reads a project.</summary>
    /// <param name="folder">Of the project.</param>
    /// <param name="space">Its root namespace.</param>
    /// <param name="floors">Folders with dots between, from the bottom up; "" is the project's own folder.</param>
    public FolderFloors(string folder, string space, params string[] floors)
    {
        (_space, _floors) = (space, floors);
        _wholeName = new Regex($@"\b{Regex.Escape(space)}\.(?<path>[\w.]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        _files =
        [
            .. from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
               let name = Path.GetRelativePath(folder, path).Replace('\\', '/')
               where !name.StartsWith("obj/", StringComparison.Ordinal) && !name.StartsWith("bin/", StringComparison.Ordinal)
               let floor = Path.GetDirectoryName(name)!.Replace('\\', '/').Replace('/', '.')
               select new SourceFile(name, floor, CommentOrText().Replace(File.ReadAllText(path), "")),
        ];
        _types = [.. _files.SelectMany(file => TopLevelType().Matches(file.Text).Select(match => (file.Floor, match.Groups["name"].Value)))];
    }

    /// <summary>The folders that there are.</summary>
    public IReadOnlyList<string> Found => [.. _files.Select(file => file.Floor).Distinct(StringComparer.Ordinal)];

    /// <summary>Files whose namespace is not that of their folder.</summary>
    public IReadOnlyList<string> OfOtherNamespaces =>
        [.. _files.Where(file => file.Floor.Length > 0 && !file.Text.Contains($"namespace {_space}.{file.Floor};", StringComparison.Ordinal)).Select(file => file.Name)];

    /// <summary>Files that name a type of a higher floor.</summary>
    public IReadOnlyList<string> Upward =>
    [
        .. from file in _files
           from floor in Named(file.Text, file.Floor)
           where Array.IndexOf(_floors, floor) > Array.IndexOf(_floors, file.Floor)
           select $"{file.Name} names a type of {floor}",
    ];

    /// <summary>
    /// The other floors of which a text names types: by the whole namespace, in a using too, by its last part, or, where that
    /// namespace is around the file's own, by the type alone. There is no fourth way.
    /// </summary>
    /// <param name="text">Of a file, without comments.</param>
    /// <param name="own">The file's floor.</param>
    public IReadOnlyList<string> Named(string text, string own)
    {
        var whole = _wholeName.Matches(text).Select(match => _floors.Where(floor => $"{match.Groups["path"].Value}.".StartsWith($"{floor}.", StringComparison.Ordinal)).MaxBy(floor => floor.Length));
        var names = ShortName().Matches(text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var partly = _types.Where(type => names.Contains($"{type.Floor.Split('.')[^1]}.{type.Type}")).Select(type => type.Floor);
        var around = _types.Where(type => own.StartsWith($"{type.Floor}.", StringComparison.Ordinal) && names.Any(name => name.Split('.')[0] == type.Type)).Select(type => type.Floor);
        return [.. whole.OfType<string>().Concat(partly).Concat(around).Where(floor => floor != own).Distinct(StringComparer.Ordinal)];
    }

    [GeneratedRegex("//.*|\"[^\"\\n]*\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(
        @"^(?:public |internal |static |sealed |abstract |partial |readonly )*(?:class|record struct|record|struct|interface|enum) (?<name>[A-Z]\w*)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex TopLevelType();

    // What follows a dot is a member, or part of a longer name.
    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(\.[A-Z]\w*)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ShortName();

    private sealed record SourceFile(string Name, string Floor, string Text);
}
