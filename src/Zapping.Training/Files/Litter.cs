namespace Zapping.Training.Files;

/// <summary>
/// What systems and file managers leave in folders and archives without being asked. It belongs to nobody's data, so every
/// reader passes it over. samples/PaperCurves compiles this file too.
/// </summary>
internal static class Litter
{
    // Their makers write these in any case, and some of them as folders.
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Icon\r", // macOS, Dropbox and Google Drive
        "Icon\uF00D", // the same on a share, where a carriage return is not allowed
        "__MACOSX",
        "Network Trash Folder",
        "Temporary Items",
        "Thumbs.db",
        "Thumbs.db:encryptable",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "desktop.ini",
        "$RECYCLE.BIN",
        "RECYCLER",
        "System Volume Information",
        "lost+found",
        "@eaDir", // Synology
        "@tmp",
        "#recycle",
        "#snapshot",
        "@Recycle", // QNAP
    };

    /// <summary>Whether a file or folder of this name is litter: all whose name begins with a dot, and the known others.</summary>
    public static bool IsName(string name) => name.StartsWith('.') || Names.Contains(name);

    /// <summary>Whether a file is litter, or lies in a folder that is.</summary>
    /// <param name="path">Names with '/' between, none of them "." or "..".</param>
    public static bool IsPath(string path) => path.Split('/').Any(IsName);
}
