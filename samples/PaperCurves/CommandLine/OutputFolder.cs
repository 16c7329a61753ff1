namespace PaperCurves.CommandLine;

/// <summary>Whether results can be written, found out before there are any.</summary>
internal static class OutputFolder
{
    /// <summary>Looks without leaving anything behind.</summary>
    /// <param name="path">The folder, which need not be there yet.</param>
    /// <exception cref="CommandException">It is a file, or nothing can be written there.</exception>
    public static void EnsureWritable(string path)
    {
        var place = NearestOf(path);
        try
        {
            using var probe = new FileStream(
                Path.Combine(place, $".{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: nothing can be written there. {failure.Message}", failure);
        }
    }

    /// <summary>The folder, or that above it which is there.</summary>
    /// <exception cref="CommandException">A file is in its place.</exception>
    public static string NearestOf(string path)
    {
        var place = Path.GetFullPath(path);
        while (!Directory.Exists(place))
        {
            if (File.Exists(place))
            {
                throw new CommandException($"{path}: it cannot be a folder of results, as {place} is a file. Give another --out.");
            }

            place = Path.GetDirectoryName(place) ?? throw new CommandException($"{path}: there is no such place. Give another --out.");
        }

        return place;
    }
}
