using System.Text.RegularExpressions;

namespace Zapping.CommandLine;

/// <summary>Text that stays one line, whatever names of files and messages of others hold.</summary>
internal static partial class OneLine
{
    /// <summary>The text with a space for each line break, and a question mark for each other control character.</summary>
    public static string Of(string text) =>
        string.Concat(LineBreaks.Replace(text.Trim(), " ").Select(letter => char.IsControl(letter) ? '?' : letter));

    [GeneratedRegex(@"\s*[\r\n\u2028\u2029]\s*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LineBreaks { get; }
}
