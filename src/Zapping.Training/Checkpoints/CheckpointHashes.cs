using System.Security.Cryptography;
using System.Text;
using Zapping.Training.Files;

namespace Zapping.Training.Checkpoints;

/// <summary>The SHA-256 of every file of a checkpoint, as <c>sha256sum --check SHA256SUMS</c> reads them.</summary>
internal sealed class CheckpointHashes
{
    public const string FileName = "SHA256SUMS";

    private readonly SortedDictionary<string, string> _hashes = new(StringComparer.Ordinal);

    private CheckpointHashes()
    {
    }

    public static CheckpointHashes Of(string folder)
    {
        var hashes = new CheckpointHashes();
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(path) is var name and not FileName && !Litter.IsName(name))
            {
                hashes._hashes.Add(name, HashOf(path));
            }
        }

        return hashes;
    }

    /// <exception cref="InvalidDataException">A file is missing, altered, cut off or too many. Litter is nobody's, and never read.</exception>
    public static void Verify(string folder)
    {
        var names = PlainFiles(folder);
        var noted = Read(Path.Combine(folder, FileName));
        foreach (var name in noted._hashes.Keys.Union(names, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!names.Contains(name))
            {
                throw new InvalidDataException($"its file '{name}' is missing.");
            }

            if (!noted._hashes.ContainsKey(name))
            {
                throw new InvalidDataException($"its file '{name}' is not in {FileName}.");
            }
        }

        foreach (var (name, expected) in noted._hashes)
        {
            // Nothing that is saved is empty, and what only seems to be, such as a pipe, would keep its reader waiting.
            var path = Path.Combine(folder, name);
            if (new FileInfo(path).Length == 0 || HashOf(path) != expected)
            {
                throw new InvalidDataException($"its file '{name}' has been altered or cut off: the SHA-256 is not the one noted in {FileName}.");
            }
        }
    }

    public void WriteTo(Stream stream)
    {
        foreach (var (name, hash) in _hashes)
        {
            stream.Write(Encoding.UTF8.GetBytes($"{hash}  {name}\n"));
        }
    }

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <exception cref="InvalidDataException">There is a link, which may lead anywhere, or a folder.</exception>
    private static HashSet<string> PlainFiles(string folder)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => !Litter.IsName(entry.Name)))
        {
            if (entry.LinkTarget is not null || entry is DirectoryInfo)
            {
                throw new InvalidDataException($"its '{entry.Name}' is a {(entry.LinkTarget is null ? "folder" : "link")}, where only plain files belong.");
            }

            names.Add(entry.Name);
        }

        names.Remove(FileName);
        return names;
    }

    private static CheckpointHashes Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"its file '{FileName}' is missing.");
        }

        var text = Encoding.UTF8.GetString(BoundedFile.Read(path));
        var hashes = new CheckpointHashes();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (!text.EndsWith('\n') || line.Split("  ", 2) is not [{ Length: 2 * SHA256.HashSizeInBytes } hash, var name] || !hashes._hashes.TryAdd(name, hash))
            {
                throw new InvalidDataException($"its file '{FileName}' has been altered or cut off.");
            }
        }

        return hashes;
    }
}
