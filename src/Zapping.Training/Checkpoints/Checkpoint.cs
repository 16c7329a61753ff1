namespace Zapping.Training.Checkpoints;

/// <summary>What is known of a checkpoint without reading its tensors.</summary>
/// <param name="Name">Name of its folder in the store.</param>
/// <param name="Path">Full path of its folder.</param>
/// <param name="Steps">Steps or episodes that had been made.</param>
/// <param name="Score">How good it is; null if nobody said.</param>
/// <param name="Saved">When it was saved.</param>
/// <param name="LibraryVersion">Version of Zapping.Training that saved it.</param>
/// <param name="Notes">Text of the caller's own.</param>
public sealed record Checkpoint(
    string Name,
    string Path,
    long Steps,
    double? Score,
    DateTimeOffset Saved,
    string LibraryVersion,
    IReadOnlyDictionary<string, string> Notes)
{
    /// <summary>The model's parameters and buffers, as Python's <c>safetensors</c> reads them.</summary>
    public string ModelPath => System.IO.Path.Combine(Path, "model.safetensors");

    /// <summary>Looks at a checkpoint without a trainer, and without disturbing a process that is training.</summary>
    /// <param name="path">The folder of a checkpoint, or of a store, of which the newest is taken.</param>
    /// <returns>The checkpoint, whose files are those that were written.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or of a format that this version does not read; the message says how.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no checkpoint.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(System.IO.Path.Combine(path, CheckpointFolder.Description)))
        {
            var newest = Directory.Exists(path) ? CheckpointFolder.NamesIn(path).FirstOrDefault() : null;
            path = System.IO.Path.Combine(path, newest ?? throw new DirectoryNotFoundException($"There is no checkpoint in '{path}'."));
        }

        CheckpointHashes.Verify(path);
        return CheckpointFolder.DescribeAt(path);
    }
}
