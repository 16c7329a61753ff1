namespace Zapping.Training.Internal;

/// <summary>In what a saved run and the one at hand differ, but for what is meant.</summary>
/// <param name="accepted">Names of differences, or of groups of them.</param>
internal sealed class RunDifferences(IReadOnlyCollection<string> accepted)
{
    private const int Told = 5;

    private readonly List<(string Name, string Text)> _found = [];

    /// <param name="group">What the settings are of, such as "source".</param>
    /// <param name="saved">Of the saved run; null if it did not say.</param>
    /// <param name="own">Of the one at hand; null if it does not say.</param>
    public void Compare(string group, IReadOnlyDictionary<string, string>? saved, IReadOnlyDictionary<string, string>? own)
    {
        if (saved is null || own is null)
        {
            return;
        }

        foreach (var name in saved.Keys.Concat(own.Keys).Distinct(StringComparer.Ordinal))
        {
            Compare($"{group}: {name}", saved.GetValueOrDefault(name, "absent"), own.GetValueOrDefault(name, "absent"));
        }
    }

    public void Compare(string name, string saved, string own)
    {
        if (saved != own && !IsAccepted(name))
        {
            _found.Add((name, $"{name} was {saved} and is {own}"));
        }
    }

    /// <summary>Tells which names are in one of two sets alone.</summary>
    public void Compare(string name, IReadOnlyList<string> saved, IReadOnlyList<string> own)
    {
        List<string> parts = [.. Listing(saved.Except(own, StringComparer.Ordinal), "no longer"), .. Listing(own.Except(saved, StringComparer.Ordinal), "newly")];
        if (parts.Count > 0 && !IsAccepted(name))
        {
            _found.Add((name, $"{name}: {string.Join(", ", parts)}"));
        }
    }

    public bool IsAccepted(string name) => accepted.Contains(name, StringComparer.Ordinal) || accepted.Contains(name.Split(':')[0], StringComparer.Ordinal);

    /// <summary>All that was found, and how to say that it is meant; null if nothing was.</summary>
    public string? Text => _found.Count == 0
        ? null
        : $"{string.Join("; ", _found.Select(difference => difference.Text))}. If that is meant, resume with new {nameof(ResumeOptions)} {{ {nameof(ResumeOptions.Accept)} = "
            + $"[{string.Join(", ", _found.Select(difference => $"\"{difference.Name}\""))}] }}.";

    private static IEnumerable<string> Listing(IEnumerable<string> names, string how)
    {
        var all = names.ToList();
        if (all.Count > 0)
        {
            yield return $"{string.Join(", ", all.Take(Told).Select(name => $"'{name}'"))}{(all.Count > Told ? $" and {all.Count - Told} more" : "")} {how}";
        }
    }
}
