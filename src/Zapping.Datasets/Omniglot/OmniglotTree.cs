namespace Zapping.Datasets;

/// <summary>One character: its name ("Greek/character01") and where its drawings are in the source's list.</summary>
internal sealed record OmniglotClass(string Name, IReadOnlyList<int> Files);

/// <summary>Turns a list of file names into classes and says what is wrong with it.</summary>
internal static class OmniglotTree
{
    /// <summary>
    /// Classes in ordinal order of alphabet, character and file name, whatever order the source lists them in.
    /// </summary>
    /// <exception cref="DataException">The tree is not the half of Omniglot that is expected.</exception>
    public static IReadOnlyList<OmniglotClass> Arrange(IOmniglotSource source, OmniglotHalf half)
    {
        var names = source.List();
        var classes = names
            .Select((name, index) => (Parts: Split(source, name), Index: index))
            .GroupBy(file => (Alphabet: file.Parts[0], Character: file.Parts[1]))
            .OrderBy(group => group.Key.Alphabet, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Character, StringComparer.Ordinal)
            .Select(group => new OmniglotClass(
                $"{group.Key.Alphabet}/{group.Key.Character}",
                [.. group.OrderBy(file => file.Parts[2], StringComparer.Ordinal).Select(file => file.Index)]))
            .ToArray();

        CheckCounts(source, half, classes);
        foreach (var character in classes)
        {
            CheckDrawings(source, character, names);
        }

        return classes;
    }

    private static string[] Split(IOmniglotSource source, string name)
    {
        var parts = name.Split('/');
        if (parts.Length != 3 || parts.Any(string.IsNullOrWhiteSpace)
            || !parts[2].EndsWith(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new DataException($"{source.Describe(name)}: not a drawing (Alphabet/character01/0001_01.png).");
        }

        return parts;
    }

    private static void CheckCounts(IOmniglotSource source, OmniglotHalf half, OmniglotClass[] classes)
    {
        var alphabets = classes.Select(Alphabet).Distinct(StringComparer.Ordinal).Count();
        if (classes.Length == half.Classes && alphabets == half.Alphabets)
        {
            return;
        }

        var gap = FirstGap(classes);
        throw new DataException(
            $"{source.Path}: {classes.Length} classes of {alphabets} alphabets found, but Omniglot has {half.Classes} "
            + $"of {half.Alphabets} there{(gap is null ? "." : $"; {gap} is missing.")}");
    }

    /// <summary>Characters are numbered from 01 within an alphabet, which tells most missing ones by name.</summary>
    private static string? FirstGap(OmniglotClass[] classes)
    {
        var present = classes.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return classes.GroupBy(Alphabet, StringComparer.Ordinal)
            .SelectMany(group => group.Select((_, number) => $"{group.Key}/character{number + 1:00}"))
            .FirstOrDefault(expected => !present.Contains(expected));
    }

    private static string Alphabet(OmniglotClass one) => one.Name[..one.Name.IndexOf('/', StringComparison.Ordinal)];

    private static void CheckDrawings(IOmniglotSource source, OmniglotClass character, IReadOnlyList<string> names)
    {
        if (character.Files.Count != OmniglotHalf.DrawingsPerClass)
        {
            throw new DataException(
                $"{source.Describe(character.Name)}: {character.Files.Count} drawings found, "
                + $"{OmniglotHalf.DrawingsPerClass} expected.");
        }

        for (var i = 1; i < character.Files.Count; i++)
        {
            if (string.Equals(names[character.Files[i]], names[character.Files[i - 1]], StringComparison.Ordinal))
            {
                throw new DataException($"{source.Describe(names[character.Files[i]])}: twice in the archive.");
            }
        }
    }
}
