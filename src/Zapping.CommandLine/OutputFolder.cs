namespace Zapping.CommandLine;

/// <summary>Whether results can be written, found out before there are any.</summary>
public static class OutputFolder
{
    /// <summary>Looks without leaving anything behind.</summary>
    /// <param name="path">The folder, which need not be there yet.</param>
    /// <param name="outputs">What will be written there: names of files and, with '/' at their end, of folders.</param>
    /// <exception cref="CommandException">It is a file, nothing can be written there, or something else has one of the names.</exception>
    public static void EnsureWritable(string path, params IEnumerable<string> outputs)
    {
        var place = NearestOf(path);
        EnsureTakes(place, Path.GetRelativePath(place, Path.GetFullPath(path)), path);
        foreach (var output in outputs.Select(output => Path.Combine(path, output)))
        {
            if (output.EndsWith('/'))
            {
                EnsureTakesFolder(output.TrimEnd('/'));
            }
            else
            {
                EnsureTakesFile(output);
            }
        }
    }

    /// <summary>The folder, or that above it which is there.</summary>
    /// <exception cref="CommandException">A file, or a link that leads nowhere, is in its place.</exception>
    public static string NearestOf(string path)
    {
        var place = Path.GetFullPath(path);
        while (!Directory.Exists(place))
        {
            if (File.Exists(place))
            {
                var found = File.ResolveLinkTarget(place, returnFinalTarget: true) is { Exists: false } ? "link that leads nowhere" : "file";
                throw new CommandException($"{path}: it cannot be a folder of results, as {place} is a {found}. Give another --out.");
            }

            place = Path.GetDirectoryName(place) ?? throw new CommandException($"{path}: there is no such place. Give another --out.");
        }

        return place;
    }

    private static void EnsureTakesFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            EnsureTakes(folder, ".", folder);
        }
        else if (File.Exists(folder))
        {
            throw new CommandException($"{folder}: a folder of this name is to be written, and a file or a broken link has it. Move it away, or give another --out.");
        }
    }

    private static void EnsureTakesFile(string file)
    {
        if (Directory.Exists(file))
        {
            throw new CommandException($"{file}: a file of this name is to be written, and a folder has it. Move it away, or give another --out.");
        }

        if (File.Exists(file))
        {
            Guard(file, () => new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose());
        }
    }

    // A twin beside it, not the folder itself: others may be about to begin there too.
    private static void EnsureTakes(string place, string below, string path)
    {
        var twin = Path.Combine(place, $".{Guid.NewGuid():n}");
        try
        {
            Guard(path, () => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(twin, below)).FullName, "1"), [1]));
        }
        finally
        {
            if (Directory.Exists(twin))
            {
                Directory.Delete(twin, recursive: true);
            }
        }
    }

    private static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: nothing can be written there. {failure.Message}", failure);
        }
    }
}
