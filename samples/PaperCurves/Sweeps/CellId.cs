namespace PaperCurves.Sweeps;

/// <summary>Ids of cells: NETWORK or NETWORK/TRANSFER, each the name of a file on every system. None leads out of a folder.</summary>
internal static class CellId
{
    /// <summary>The names in an id, of which the last is a file's and the others are folders'.</summary>
    /// <exception cref="SweepException">It is no id.</exception>
    public static string[] Parts(string id)
    {
        var parts = id.Split('/');
        return parts.Length <= 2 && Array.TrueForAll(parts, IsName) ? parts : throw new SweepException($"'{id}' is no name of a cell");
    }

    private static bool IsName(string part) => part.Length > 0 && part.All(IsSafe) && char.IsAsciiLetterOrDigit(part[0]) && part[^1] != '.';

    private static bool IsSafe(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '_' or '.';
}
