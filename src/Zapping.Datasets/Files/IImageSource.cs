namespace Zapping.Datasets;

/// <summary>A tree of image files, wherever they lie.</summary>
/// <remarks>Every member may throw <see cref="DataException"/>.</remarks>
internal interface IImageSource : IDisposable
{
    /// <summary>Full path of the folder or archive, for messages.</summary>
    string Path { get; }

    /// <summary>32 bytes that change when the images may have changed. Cheap: nothing is decoded.</summary>
    byte[] Fingerprint();

    /// <summary>
    /// Paths relative to the tree's own folder, separated by '/', in any order: "Greek/character01/0394_01.png".
    /// </summary>
    IReadOnlyList<string> List();

    /// <summary>Names of the folders straight below, of a folder also empty ones, in ordinal order.</summary>
    IReadOnlyList<string> Folders();

    /// <summary>The bytes of file <paramref name="index"/> of <see cref="List"/>; many threads may call it.</summary>
    byte[] Read(int index);

    /// <summary>How a message calls a file: its full path, or "archive: entry".</summary>
    string Describe(string name);
}
