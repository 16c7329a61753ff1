using System.Text.Json;

namespace Zapping.Datasets;

/// <summary>Which classes are transferred to: those of a list, or drawn.</summary>
internal static class ClassSplit
{
    /// <summary>Longer than any list of names; a longer file is something else and is not worth reading.</summary>
    private const int LongestList = 1 << 20;

    /// <summary>Draws <paramref name="count"/> of the numbers 0 to <paramref name="of"/> - 1.</summary>
    /// <remarks>The same on every machine.</remarks>
    public static HashSet<int> Draw(int count, int of, ulong seed)
    {
        var random = new SplitMix64(seed);
        var order = Enumerable.Range(0, of).ToArray();
        for (var i = 0; i < count; i++)
        {
            var other = i + random.Below(of - i);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return [.. order[..count]];
    }

    /// <summary>Reads a list: one name per line, or a JSON array of names.</summary>
    /// <param name="file">Full path.</param>
    /// <param name="count">How many names it must have.</param>
    /// <param name="names">Names of all classes; what is returned are positions in it.</param>
    /// <exception cref="DataException">
    /// The file cannot be read, a name is unknown or double, or there are too few or too many.
    /// </exception>
    public static HashSet<int> Read(string file, int count, IReadOnlyList<string> names)
    {
        var positions = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var chosen = new HashSet<int>();
        foreach (var name in Names(file))
        {
            if (!positions.TryGetValue(name, out var position))
            {
                throw new DataException($"{file}: there is no class '{name}'.");
            }

            if (!chosen.Add(position))
            {
                throw new DataException($"{file}: class '{name}' is listed twice.");
            }
        }

        return chosen.Count == count
            ? chosen
            : throw new DataException($"{file}: {chosen.Count} classes listed, {count} expected.");
    }

    private static IEnumerable<string> Names(string file)
    {
        var text = Text(file);
        if (!text.TrimStart().StartsWith('['))
        {
            return text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#'));
        }

        try
        {
            var names = JsonSerializer.Deserialize<string?[]>(text)!;
            return [.. names.Select(name => name ?? throw new JsonException("a name is null"))];
        }
        catch (JsonException error)
        {
            throw new DataException($"{file}: not a JSON array of class names ({error.Message})", error);
        }
    }

    private static string Text(string file)
    {
        try
        {
            return new FileInfo(file).Length > LongestList
                ? throw new DataException($"{file}: too long for a list of classes.")
                : File.ReadAllText(file);
        }
        catch (Exception error) when (error is (IOException and not DataException) or UnauthorizedAccessException)
        {
            throw new DataException($"{file}: the list of test classes cannot be read ({error.Message})", error);
        }
    }
}
