using System.Buffers.Binary;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using Zapping.Training.Internal;

namespace Zapping.Datasets;

/// <summary>A folder tree of images: one half of Omniglot, or class folders.</summary>
/// <param name="path">Full path of the folder.</param>
/// <param name="longestFile">A longer file is no image and is not worth reading.</param>
internal sealed class FolderSource(string path, int longestFile = OmniglotSource.LongestFile) : IOmniglotSource
{
    private (string Name, long Length, DateTime Modified)[]? _files;

    public string Path { get; } = path;

    public byte[] Fingerprint()
    {
        // Reading 32,460 small files at every start would cost more than decoding a cache saves, so the digest is
        // over what a directory listing tells. The path is in it because unpacking sets equal times everywhere.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Path));
        Span<byte> numbers = stackalloc byte[20];
        foreach (var (name, length, modified) in Files())
        {
            BinaryPrimitives.WriteInt64LittleEndian(numbers, length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[8..], modified.Ticks);
            BinaryPrimitives.WriteInt32LittleEndian(numbers[16..], name.Length);
            hash.AppendData(numbers);
            hash.AppendData(Encoding.UTF8.GetBytes(name));
        }

        return hash.GetHashAndReset();
    }

    public IReadOnlyList<string> List() => [.. Files().Select(file => file.Name)];

    /// <summary>Names of the folders straight below, empty ones too, in ordinal order.</summary>
    public IReadOnlyList<string> Folders() => Guard(() => new DirectoryInfo(Path).EnumerateDirectories()
        .Select(folder => folder.Name)
        .Where(name => !Litter.IsName(name))
        .Order(StringComparer.Ordinal)
        .ToArray());

    public byte[] Read(int index)
    {
        var file = System.IO.Path.Combine(Path, Files()[index].Name);
        try
        {
            if (new FileInfo(file).Length > longestFile)
            {
                throw new DataException($"{file}: too long for an image.");
            }

            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is (IOException and not DataException) or UnauthorizedAccessException)
        {
            throw new DataException($"{file}: cannot be read ({error.Message})", error);
        }
    }

    public string Describe(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
    }

    private (string Name, long Length, DateTime Modified)[] Files() => _files ??= Enumerate();

    private (string Name, long Length, DateTime Modified)[] Enumerate()
    {
        // Silently passing over what may not be read would end in a wrong count instead of the true reason.
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false };
        return Guard(() => new FileSystemEnumerable<(string Name, long Length, DateTime Modified)>(Path, FileOf, options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !Litter.IsName(entry.FileName.ToString()),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !Litter.IsName(entry.FileName.ToString()),
        }
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToArray());

        (string Name, long Length, DateTime Modified) FileOf(ref FileSystemEntry entry) => (
            System.IO.Path.GetRelativePath(Path, entry.ToFullPath()).Replace('\\', '/'), entry.Length, entry.LastWriteTimeUtc.UtcDateTime);
    }

    private T Guard<T>(Func<T> list)
    {
        try
        {
            return list();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{Path}: cannot be listed ({error.Message})", error);
        }
    }
}
