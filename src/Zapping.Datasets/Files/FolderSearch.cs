using System.Globalization;
using Zapping.Training.Files;

namespace Zapping.Datasets;

/// <summary>Looks for a data set in a folder that was named, else one or two levels below, as in the folders that torchvision makes.</summary>
internal static class FolderSearch
{
    /// <summary>How many levels below are looked at.</summary>
    public const int Deepest = 2;

    private const int NamesTold = 5;

    /// <summary>The folder that is a data set; null if none is.</summary>
    /// <param name="folder">Full path; it need not be there.</param>
    /// <param name="isHere">Whether a folder is one.</param>
    /// <exception cref="DataException">There are several on one level.</exception>
    public static string? Find(string folder, Func<string, bool> isHere)
    {
        return Find(folder, Found, Found)?.Place;

        bool? Found(string place) => isHere(place) ? true : null;
    }

    /// <summary>The folder that is a data set, and which; null if none is.</summary>
    /// <param name="folder">Full path; it need not be there.</param>
    /// <param name="here">What the folder itself is.</param>
    /// <param name="below">What a folder below is.</param>
    /// <exception cref="DataException">There are several on one level.</exception>
    public static (T Found, string Place)? Find<T>(string folder, Func<string, T?> here, Func<string, T?> below)
        where T : struct
    {
        string[] level = [folder];
        for (var depth = 0; depth <= Deepest; depth++)
        {
            var found = level.Select(place => (Found: depth == 0 ? here(place) : below(place), Place: place)).Where(place => place.Found is not null).ToList();
            if (found.Count > 1)
            {
                throw new DataException($"{folder}: there are several data sets below: {Some(found.ConvertAll(place => place.Place))}. Give one of them.");
            }

            if (found is [var (what, only)])
            {
                return (what!.Value, only);
            }

            level = [.. level.SelectMany(FoldersIn)];
        }

        return null;
    }

    /// <summary>The folders straight below but litter, in ordinal order. Who may not look into a folder finds nothing there.</summary>
    public static IEnumerable<string> FoldersIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { IgnoreInaccessible = true })
            .Where(place => !Litter.IsName(Path.GetFileName(place)))
            .Order(StringComparer.Ordinal)
        : [];

    /// <summary>A list of names for a message; the first of many.</summary>
    public static string Some(List<string> names) =>
        string.Join(", ", names.Take(NamesTold)) + (names.Count > NamesTold ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - NamesTold} more") : "");
}
