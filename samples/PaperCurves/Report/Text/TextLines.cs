namespace PaperCurves.Report.Text;

/// <summary>Text in lines of limited width.</summary>
internal static class TextLines
{
    /// <summary>Breaks a text at spaces; a word that is wider than a line has one of its own.</summary>
    /// <param name="text">Words with single spaces between.</param>
    /// <param name="width">Of a line, in the units of <paramref name="measure"/>.</param>
    /// <param name="measure">The width of a text.</param>
    public static IEnumerable<string> Wrap(string text, double width, Func<string, float> measure)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && measure(longer) > width)
            {
                yield return line;
                longer = word;
            }

            line = longer;
        }

        yield return line;
    }
}
