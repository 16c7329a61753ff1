using System.IO.Compression;
using System.Security.Cryptography;
using Zapping.Training.Internal;

namespace Zapping.Datasets;

/// <summary>One half of Omniglot as the archive that is published.</summary>
internal sealed class ZipSource : IOmniglotSource
{
    /// <summary>Ten times what the published archives have.</summary>
    private const long LongestArchive = 100L << 20;

    private readonly byte[] _bytes;
    private readonly string _root;
    private readonly ThreadLocal<ZipArchive> _archives;
    private int[]? _entryOfFile;

    /// <param name="path">The archive; read into memory at once (the published ones have 9 and 6 MB).</param>
    /// <param name="rootFolder">The folder that all entries are in.</param>
    public ZipSource(string path, string rootFolder)
    {
        Path = path;
        _root = rootFolder + "/";
        _bytes = Guard(null, () => new FileInfo(path).Length <= LongestArchive
            ? File.ReadAllBytes(path)
            : throw new InvalidDataException($"longer than {LongestArchive} bytes"));

        // A ZipArchive is bound to one thread. One per worker over the same bytes needs no lock.
        _archives = new ThreadLocal<ZipArchive>(
            () => new ZipArchive(new MemoryStream(_bytes, writable: false), ZipArchiveMode.Read),
            trackAllValues: true);
    }

    public string Path { get; }

    /// <summary>Of the content, so neither a copy nor a touched date costs a second decoding.</summary>
    public byte[] Fingerprint() => SHA256.HashData(_bytes);

    public IReadOnlyList<string> List()
    {
        var names = new List<string>();
        var entries = new List<int>();
        foreach (var (position, entry) in Guard(null, () => _archives.Value!.Entries).Index())
        {
            var name = PlainName(entry);
            if (entry.FullName is [.., '/' or '\\'] || Litter.IsPath(name))
            {
                continue;
            }

            if (!name.StartsWith(_root, StringComparison.Ordinal))
            {
                throw new DataException($"{Path}: entry {name} is not in {_root}");
            }

            names.Add(name[_root.Length..]);
            entries.Add(position);
        }

        _entryOfFile = [.. entries];
        return names;
    }

    public byte[] Read(int index)
    {
        var position = (_entryOfFile ?? throw new InvalidOperationException("List() comes first."))[index];
        var entry = Guard(null, () => _archives.Value!.Entries[position]);
        return Guard(entry.FullName, () => Inflate(entry));
    }

    public string Describe(string name) => $"{Path}: entry {_root}{name}";

    public void Dispose()
    {
        foreach (var archive in _archives.Values)
        {
            archive.Dispose();
        }

        _archives.Dispose();
    }

    // Some programs begin all names with "./", or write them as Windows does: "." and ".." are steps of a path.
    private string PlainName(ZipArchiveEntry entry)
    {
        var steps = new List<string>();
        foreach (var step in entry.FullName.Split('/', '\\').Where(step => step is not ("" or ".")))
        {
            if (step != "..")
            {
                steps.Add(step);
            }
            else if (steps.Count > 0)
            {
                steps.RemoveAt(steps.Count - 1);
            }
            else
            {
                throw new DataException($"{Path}: entry {entry.FullName} leads out of the archive.");
            }
        }

        return string.Join('/', steps);
    }

    private static byte[] Inflate(ZipArchiveEntry entry)
    {
        if (entry.Length is < 0 or > OmniglotSource.LongestFile)
        {
            throw new InvalidDataException("too long for a drawing");
        }

        using var stream = entry.Open();
        var bytes = new byte[(int)entry.Length];
        stream.ReadExactly(bytes);

        // .NET 10 reads an entry without comparing its checksum, and a damaged drawing may still decode.
        if (stream.ReadByte() >= 0 || Crc32.Of(bytes) != entry.Crc32)
        {
            throw new InvalidDataException("its length or checksum is wrong");
        }

        return bytes;
    }

    private T Guard<T>(string? entry, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException
            or NotSupportedException or ArgumentException or OverflowException)
        {
            var where = entry is null ? Path : $"{Path}: entry {entry}";
            throw new DataException($"{where}: not a sound zip archive ({error.Message})", error);
        }
    }
}
