using System.Security.Cryptography;
using System.Text;

namespace Zapping.Training.Internal;

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
            if (Path.GetFileName(path) is var name and not FileName)
            {
                using var stream = File.OpenRead(path);
                hashes._hashes.Add(name, Convert.ToHexStringLower(SHA256.HashData(stream)));
            }
        }

        return hashes;
    }

    /// <exception cref="InvalidDataException">A file is missing, altered, cut off or too many.</exception>
    public static void Verify(string folder)
    {
        var noted = Read(Path.Combine(folder, FileName));
        var found = Of(folder);
        foreach (var name in noted._hashes.Keys.Union(found._hashes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (!found._hashes.TryGetValue(name, out var actual))
            {
                throw new InvalidDataException($"its file '{name}' is missing.");
            }

            if (!noted._hashes.TryGetValue(name, out var expected))
            {
                throw new InvalidDataException($"its file '{name}' is not in {FileName}.");
            }

            if (actual != expected)
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

    private static CheckpointHashes Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"its file '{FileName}' is missing.");
        }

        var text = File.ReadAllText(path);
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
