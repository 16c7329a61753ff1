using Quickenshtein;

namespace Zapping.CommandLine;

/// <summary>What somebody may have meant.</summary>
public static class Spelling
{
    private const int SlipsAtMost = 3;

    /// <summary>"; did you mean ...?" where a word is near, then all words.</summary>
    public static string Hint(string wrong, IReadOnlyCollection<string> words) =>
        $"; {(Guess(wrong, words) is { } near ? $"did you mean '{near}'? There" : "There")} are {string.Join(", ", words)}";

    /// <summary>The word that is near; null if none is.</summary>
    public static string? Guess(string wrong, IReadOnlyCollection<string> words)
    {
        var near = words.Select(word => (Word: word, Slips: Levenshtein.GetDistance(wrong, word))).MinBy(word => word.Slips);
        return near.Slips <= SlipsAtMost && near.Slips < near.Word?.Length ? near.Word : null;
    }
}
