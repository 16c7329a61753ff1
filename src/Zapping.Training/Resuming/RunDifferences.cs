using System.Text.Json.Nodes;

namespace Zapping.Training.Resuming;

/// <summary>In what a saved run and the one at hand differ, but for what is intended.</summary>
/// <param name="accepted">Keys of differences, or what stands before a dot of them.</param>
internal sealed class RunDifferences(IReadOnlyCollection<string> accepted)
{
    private const int Told = 5;
    private const string Absent = "absent";

    private readonly List<(string Key, string Text)> _found = [];

    /// <param name="group">Key of what the settings are of, such as "source".</param>
    /// <param name="saved">Of the saved run; null if it did not say.</param>
    /// <param name="own">Of the one at hand; null if it does not say.</param>
    public void CompareSettings(string group, JsonObject? saved, JsonObject? own)
    {
        if (saved is null || own is null)
        {
            return;
        }

        foreach (var name in saved.Concat(own).Select(setting => setting.Key).Distinct(StringComparer.Ordinal))
        {
            var key = $"{group}.{name}";
            var (isSaved, isOwn) = (saved.TryGetPropertyValue(name, out var before), own.TryGetPropertyValue(name, out var now));
            if (isSaved && isOwn)
            {
                Compare(key, before, now);
            }
            else
            {
                Add(key, $"was {(isSaved ? DescriptionJson.Text(before, Told) : Absent)} and is {(isOwn ? DescriptionJson.Text(now, Told) : Absent)}");
            }
        }
    }

    /// <param name="key">Of the value.</param>
    /// <param name="saved">The saved run's; null for JSON's null.</param>
    /// <param name="own">That of the one at hand.</param>
    public void Compare(string key, JsonNode? saved, JsonNode? own)
    {
        switch (saved, own)
        {
            case (JsonObject before, JsonObject now):
                CompareSettings(key, before, now);
                break;
            case (JsonArray before, JsonArray now) when before.Count == now.Count && before.Concat(now).All(entry => entry is JsonObject):
                for (var i = 0; i < before.Count; i++)
                {
                    Compare(FormattableString.Invariant($"{key}.{i}"), before[i], now[i]);
                }

                break;
            default:
                if (DescriptionJson.Text(saved) != DescriptionJson.Text(own))
                {
                    Add(key, Listed(saved as JsonArray, own as JsonArray) ?? $"was {DescriptionJson.Text(saved, Told)} and is {DescriptionJson.Text(own, Told)}");
                }

                break;
        }
    }

    public bool IsAccepted(string key) => accepted.Any(intended =>
        key.StartsWith(intended, StringComparison.Ordinal) && (key.Length == intended.Length || (intended.Length > 0 && key[intended.Length] == '.')));

    /// <summary>All that was found, and how to say that it is intended; null if nothing was.</summary>
    public string? Text => _found.Count == 0
        ? null
        : $"{string.Join("; ", _found.Select(difference => difference.Text))}. If that is meant, resume with new {nameof(ResumeOptions)} {{ {nameof(ResumeOptions.Accept)} = "
            + $"[{string.Join(", ", _found.Select(difference => $"\"{difference.Key}\"").Distinct(StringComparer.Ordinal))}] }}.";

    private void Add(string key, string text)
    {
        if (!IsAccepted(key))
        {
            _found.Add((key, $"{key} {text}"));
        }
    }

    // Of long lists only what is in one of them alone; null for short ones, and where the order alone differs.
    private static string? Listed(JsonArray? saved, JsonArray? own)
    {
        if (saved is null || own is null || Math.Max(saved.Count, own.Count) <= Told)
        {
            return null;
        }

        var (before, now) = (saved.Select(entry => DescriptionJson.Text(entry)).ToList(), own.Select(entry => DescriptionJson.Text(entry)).ToList());
        List<string> parts = [.. Listing(before.Except(now, StringComparer.Ordinal), "no longer"), .. Listing(now.Except(before, StringComparer.Ordinal), "newly")];
        return parts.Count > 0 ? $"has {string.Join(", ", parts)}" : null;
    }

    private static IEnumerable<string> Listing(IEnumerable<string> entries, string how)
    {
        var all = entries.ToList();
        if (all.Count > 0)
        {
            yield return $"{string.Join(", ", all.Take(Told))}{(all.Count > Told ? $" and {all.Count - Told} more" : "")} {how}";
        }
    }
}
