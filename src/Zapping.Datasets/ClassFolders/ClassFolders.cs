namespace Zapping.Datasets;

/// <summary>
/// A folder of class folders of JPEG and PNG files; classes, and the images of a class, in ordinal order of name.
/// Files that lie beside the class folders, such as lists, are none of its business.
/// </summary>
internal sealed class ClassFolders : IDisposable
{
    /// <summary>64 MiB.</summary>
    private const int LongestFile = 1 << 26;

    private static readonly string[] s_extensions = [".jpg", ".jpeg", ".png"];

    private readonly FolderSource _source;
    private readonly int[][] _files;

    /// <summary>What the loaders of both data sets do around their reading.</summary>
    /// <param name="path">What the user gave.</param>
    /// <param name="advice">Where to get the data and how to lay it out; added to what went wrong.</param>
    /// <param name="read">Reads the data set at the full path.</param>
    /// <param name="cancellationToken">Looked at before anything is read.</param>
    /// <exception cref="DataException">The data set is missing, incomplete or damaged.</exception>
    public static ClassificationData Load(
        string path, string advice, Func<string, ClassificationData> read, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return read(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        }
        catch (DataException error)
        {
            throw error.With(advice);
        }
    }

    /// <summary>Whether an image lies straight in a folder, by its name. Who may not look finds none.</summary>
    public static bool HasImages(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { IgnoreInaccessible = true }).Any(IsImage);

    /// <summary>Lists the folder; reads no image.</summary>
    /// <param name="path">Full path of the folder.</param>
    /// <param name="classes">How many class folders it must have.</param>
    /// <exception cref="DataException">
    /// It cannot be listed, has more or fewer class folders, or one of these holds something that is not an image.
    /// </exception>
    public ClassFolders(string path, int classes)
    {
        if (!Directory.Exists(path))
        {
            throw new DataException($"{path}: no such folder.");
        }

        _source = new FolderSource(path, LongestFile);
        Names = _source.Folders();
        if (Names.Count != classes)
        {
            // Told before the files are listed: of a wrong folder that could take minutes.
            throw new DataException($"{path}: {Names.Count} class folders found, {classes} expected.");
        }

        if (Names.Any(string.IsNullOrWhiteSpace))
        {
            throw new DataException($"{path}: the name of a class folder is blank.");
        }

        var files = _source.List().Index()
            .Where(file => file.Item.Contains('/', StringComparison.Ordinal))
            .ToLookup(file => ClassOf(file.Item), file => file.Index, StringComparer.Ordinal);
        _files = [.. Names.Select(name => files[name].ToArray())];
    }

    /// <summary>Names of the classes, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of images of a class.</summary>
    public int ImagesOf(int classId) => _files[classId].Length;

    /// <exception cref="DataException">A class has more or fewer images than expected.</exception>
    public void CheckImages(int imagesPerClass)
    {
        for (var classId = 0; classId < Names.Count; classId++)
        {
            if (ImagesOf(classId) != imagesPerClass)
            {
                throw new DataException(
                    $"{_source.Describe(Names[classId])}: {ImagesOf(classId)} images found, {imagesPerClass} expected.");
            }
        }
    }

    /// <summary>Decodes all images of some classes, over all cores.</summary>
    /// <param name="classes">Which classes, in the order of the ids to be; all have equally many images.</param>
    /// <param name="size">Width and height of the images to make, in pixels.</param>
    /// <param name="normalization">What the set is to say about its numbers.</param>
    /// <param name="progress">Told the share that is done, 0..1.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds.</param>
    /// <exception cref="DataException">A file cannot be read or decoded.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ImageSet Decode(
        IReadOnlyList<int> classes, int size, Normalization normalization, IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var files = classes.SelectMany(classId => _files[classId]).ToArray();
        var names = _source.List();
        var length = PhotoDecoder.Channels * size * size;
        if ((long)files.Length * length > Array.MaxLength)
        {
            throw new DataException(
                $"{_source.Path}: {files.Length} images of {size}x{size} pixels are more than one array holds (2 GB).");
        }

        var pixels = new byte[files.Length * length];
        var decoder = new PhotoDecoder(size);
        ParallelWork.For(
            files.Length,
            image =>
            {
                var problem = decoder.Decode(_source.Read(files[image]), pixels.AsSpan(image * length, length));
                if (problem is not null)
                {
                    throw new DataException($"{_source.Describe(names[files[image]])}: {problem}.");
                }
            },
            progress,
            cancellationToken);
        return new ImageSet(
            [.. classes.Select(classId => Names[classId])], files.Length / classes.Count, size, pixels,
            PhotoDecoder.Channels, normalization);
    }

    public void Dispose() => _source.Dispose();

    private static bool IsImage(string file) => s_extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    private string ClassOf(string file)
    {
        var parts = file.Split('/');
        return parts.Length == 2 && IsImage(file)
            ? parts[0]
            : throw new DataException($"{_source.Describe(file)}: not an image of a class (class/image.jpg).");
    }
}
