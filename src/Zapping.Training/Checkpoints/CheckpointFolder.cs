using System.Globalization;
using Zapping.Training.Files;
using Zapping.Training.Safetensors;
using static TorchSharp.torch;

namespace Zapping.Training.Checkpoints;

/// <summary>The folders and files of a <see cref="CheckpointStore"/>, and the order in which they come to be.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    public const string Description = "checkpoint.json";
    private const string Unfinished = ".unfinished";
    private const string Leaving = ".leaving-";

    private readonly string _path;
    private readonly FileLock _lock;
    private bool _isDisposed;

    public CheckpointFolder(string path)
    {
        _path = Path.GetFullPath(path);
        Directory.CreateDirectory(_path);
        var file = Path.Combine(_path, ".lock");
        _lock = FileLock.Try(file) ?? throw new IOException(
            $"The checkpoints in '{_path}' are in use by {FileLock.HolderOf(file)}: one {nameof(CheckpointStore)} at a time may have them. Dispose of the other first, or let it end.");
        ClearAway();
    }

    /// <summary>Opens the files that are written; tests make it fail.</summary>
    internal Func<string, Stream> Create { get; set; } = path => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    public string? Newest() => Names().FirstOrDefault();

    /// <summary>The next older checkpoint.</summary>
    public string? Before(string name) => Names().SkipWhile(n => n != name).Skip(1).FirstOrDefault();

    public IReadOnlyList<Checkpoint> List()
    {
        var readable = new List<Checkpoint>();
        foreach (var name in Names())
        {
            try
            {
                readable.Add(Describe(name));
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                // resuming from it says what is wrong
            }
        }

        return readable;
    }

    public Checkpoint Describe(string name) => DescribeAt(Path.Combine(_path, name));

    /// <exception cref="InvalidDataException">The description cannot be read.</exception>
    public static Checkpoint DescribeAt(string path)
    {
        var description = CheckpointDescription.Parse(BoundedFile.Read(Path.Combine(path, Description)));
        return new Checkpoint(
            Path.GetFileName(path), path, description.State.Steps, description.Score, description.Saved, description.LibraryVersion, description.Notes);
    }

    public Checkpoint Write(long steps, CheckpointDescription description, IEnumerable<(string File, IEnumerable<KeyValuePair<string, Tensor>> Tensors)> files)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var temporary = Path.Combine(_path, Unfinished);
        try
        {
            ClearAway();
            Directory.CreateDirectory(temporary);
            foreach (var (file, tensors) in files)
            {
                WriteFile(Path.Combine(temporary, file), stream => SafetensorsFile.Write(stream, tensors));
            }

            WriteFile(Path.Combine(temporary, Description), description.WriteTo);
            var sums = CheckpointHashes.Of(temporary);
            WriteFile(Path.Combine(temporary, CheckpointHashes.FileName), sums.WriteTo);
            DirectorySync.FlushDirectory(temporary);
            var name = NextName(steps);
            Directory.Move(temporary, Path.Combine(_path, name));
            DirectorySync.FlushDirectory(_path);
            return Describe(name);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Opens a checkpoint whose files are proven to be those that were written.</summary>
    /// <exception cref="InvalidDataException">They are not; the message says which.</exception>
    public CheckpointFiles Open(string name)
    {
        var path = Path.Combine(_path, name);
        if (!Names().Contains(name, StringComparer.Ordinal))
        {
            throw new InvalidDataException("it is not there.");
        }

        CheckpointHashes.Verify(path);
        return new CheckpointFiles(path);
    }

    /// <summary>Removes a checkpoint, under another name first, so that nobody takes the rest of it for a damaged one.</summary>
    public void Remove(string name)
    {
        try
        {
            var leaving = Path.Combine(_path, Leaving + name);
            Directory.Move(Path.Combine(_path, name), leaving);
            Directory.Delete(leaving, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // it costs space, and the next save tries again
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _lock.Dispose();
    }

    // By the number in front, which is the order of writing: a run that went back to an older checkpoint comes to the
    // same steps again.
    public static IEnumerable<string> NamesIn(string folder) => Directory.EnumerateDirectories(folder, "*-step-*")
        .Select(path => Path.GetFileName(path)!)
        .Where(name => SequenceOf(name) is not null)
        .OrderByDescending(SequenceOf);

    private IEnumerable<string> Names() => NamesIn(_path);

    private string NextName(long steps) =>
        string.Create(CultureInfo.InvariantCulture, $"{(Names().Select(SequenceOf).FirstOrDefault() ?? 0) + 1:d6}-step-{steps}");

    // Copies that file managers make ("... - Copy", "... 2") are no checkpoints.
    private static long? SequenceOf(string name) =>
        name.Split("-step-") is [var first, var steps] && TryCount(first, out var sequence) && TryCount(steps, out _) ? sequence : null;

    private static bool TryCount(string text, out long count) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private void WriteFile(string path, Action<Stream> write)
    {
        using var stream = Create(path);
        write(stream);
        if (stream is FileStream file)
        {
            file.Flush(flushToDisk: true);
        }
    }

    private void ClearAway()
    {
        foreach (var left in Directory.EnumerateDirectories(_path, ".*"))
        {
            if (Path.GetFileName(left) is var name && (name == Unfinished || name.StartsWith(Leaving, StringComparison.Ordinal)))
            {
                TryDelete(left);
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // nothing reads it
        }
    }
}
