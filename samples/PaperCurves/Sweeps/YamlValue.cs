using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Zapping.CommandLine;

namespace PaperCurves.Sweeps;

/// <summary>One value of a YAML file, which knows where it stands. It reads strictly: nothing is converted or guessed.</summary>
/// <param name="file">Name of the file, for messages.</param>
/// <param name="path">The keys that lead to the value, with dots between.</param>
/// <param name="node">The value.</param>
internal sealed class YamlValue(string file, string path, YamlNode node)
{
    /// <summary>In words, what <see cref="IsSafeName"/> lets through.</summary>
    public const string SafeNames = "a name of at most 40 lower-case letters, digits, '-' and '_', the first a letter or digit";

    /// <summary>Line of the file, counted from 1.</summary>
    public long Line => node.Start.Line;

    /// <summary>Whether a name may be part of a file's name on every system.</summary>
    public static bool IsSafeName(string name) => name.Length is > 0 and <= 40 && name.All(IsSafe) && char.IsAsciiLetterOrDigit(name[0]);

    /// <summary>A mapping with these keys and no others.</summary>
    /// <param name="keys">What it may hold; null where the keys are names that the user gives.</param>
    /// <exception cref="SweepException">It is something else, or holds something else.</exception>
    public YamlMap Map(IReadOnlyCollection<string>? keys)
    {
        var entries = new Dictionary<string, YamlValue>(StringComparer.Ordinal);
        foreach (var (key, value) in (node as YamlMappingNode ?? throw Expected("a mapping of keys to values")).Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? throw SweepException.At(file, key.Start.Line, $"{Name}: a key must be a word");
            if (!entries.TryAdd(name, new YamlValue(file, path.Length == 0 ? name : $"{path}.{name}", value)))
            {
                throw SweepException.At(file, key.Start.Line, $"{Name}: '{name}' is there twice");
            }

            if (keys is not null && !keys.Contains(name, StringComparer.Ordinal))
            {
                throw SweepException.At(file, key.Start.Line, $"{Name}: there is no key '{name}'{Spelling.Hint(name, keys)}");
            }
        }

        return new YamlMap(this, entries);
    }

    /// <summary>A list of different values, at least one.</summary>
    /// <exception cref="SweepException">It is something else.</exception>
    public IReadOnlyList<T> List<T>(Func<YamlValue, T> read)
    {
        if (node is not YamlSequenceNode { Children: { Count: > 0 } children })
        {
            throw Expected("a list of at least one value, such as [1, 2]");
        }

        var values = new List<T>();
        foreach (var child in children)
        {
            var value = new YamlValue(file, path, child);
            var entry = read(value);
            values.Add(values.Contains(entry) ? throw value.Wrong(FormattableString.Invariant($"{entry} is there twice")) : entry);
        }

        return values;
    }

    /// <summary>A name that may be part of a file's name.</summary>
    public string SafeName() => Scalar?.Value is { } name && IsSafeName(name) ? name : throw Expected(SafeNames);

    /// <summary>One of these words.</summary>
    public string Word(IReadOnlyCollection<string> words) => Scalar?.Value is { } word && words.Contains(word, StringComparer.Ordinal)
        ? word
        : throw Expected($"one of {string.Join(", ", words)}");

    /// <summary>A value of an enumeration, in snake case.</summary>
    public T Word<T>()
        where T : struct, Enum
    {
        var words = Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}"), StringComparer.Ordinal);
        return words[Word(words.Keys)];
    }

    /// <summary>A whole number.</summary>
    public int Integer(int least, int most = NumberOption.Many) =>
        NumberText.TryInteger(Plain, least, most, out var value)
            ? value
            : throw Expected(FormattableString.Invariant($"a whole number from {least} to {most}"));

    /// <summary>A seed.</summary>
    public ulong Seed() => NumberText.TrySeed(Plain, out var value)
        ? value
        : throw Expected(FormattableString.Invariant($"a whole number from 0 to {ulong.MaxValue}"));

    /// <summary>A learning rate.</summary>
    public double Rate() =>
        NumberText.TryPositive(Plain, out var value) && value <= 1
            ? value
            : throw Expected("a learning rate above 0 and at most 1, such as 1e-3");

    /// <summary>true or false.</summary>
    public bool Flag() => Plain switch
    {
        "true" => true,
        "false" => false,
        _ => throw Expected("true or false"),
    };

    /// <summary>Something about the value is wrong.</summary>
    public SweepException Wrong(string problem) => SweepException.At(file, Line, $"{Name}: {problem}");

    private string Name => path.Length == 0 ? "the file" : path;

    private YamlScalarNode? Scalar => node as YamlScalarNode;

    // A number in quotes is a word.
    private string? Plain => Scalar is { Style: ScalarStyle.Plain, Value: var value } ? value : null;

    private static bool IsSafe(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_';

    private SweepException Expected(string what)
    {
        var found = node switch
        {
            YamlMappingNode => "a mapping",
            YamlSequenceNode => "a list",
            YamlScalarNode { Value: { Length: > 0 } text } => $"'{text}'",
            _ => "empty",
        };
        return SweepException.At(file, Line, $"{Name} is {found}; it must be {what}");
    }
}
