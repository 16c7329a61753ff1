using Quickenshtein;

namespace PaperCurves.Sweeps;

/// <summary>What somebody may have meant.</summary>
internal static class Spelling
{
    private const int SlipsAtMost = 3;

    /// <summary>"; did you mean ...?" where a word is near, then all words.</summary>
    public static string Hint(string wrong, IReadOnlyCollection<string> words)
    {
        var near = words.Select(word => (Word: word, Slips: Levenshtein.GetDistance(wrong, word))).MinBy(word => word.Slips);
        var guess = near.Slips <= SlipsAtMost && near.Slips < near.Word?.Length ? $"; did you mean '{near.Word}'?" : ";";
        return $"{guess} There are {string.Join(", ", words)}";
    }
}
