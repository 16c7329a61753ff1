using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Zapping.Datasets;

/// <summary>
/// Keeps two image sets in one file: magic and version, length of the header, header (key, names, SHA-256 of each
/// pixel block), SHA-256 of the header, then the pixels of both sets.
/// </summary>
/// <param name="file">Full path of the file; its folder is made when needed.</param>
/// <param name="key">32 bytes that say what the images were made from.</param>
internal sealed class ImageCache(string file, byte[] key)
{
    /// <summary>More names than any data set here has; guards the allocation when the length is damaged.</summary>
    private const int LongestHeader = 1 << 24;

    /// <summary>The last two digits are the version: to be raised when the layout or the resizing changes.</summary>
    private static readonly byte[] s_magic = "ZapImg01"u8.ToArray();

    /// <summary>The sets, or null when the file is not there, is damaged or holds something else.</summary>
    public (ImageSet Training, ImageSet Transfer)? TryRead()
    {
        try
        {
            using var handle = File.OpenHandle(file);
            return ReadHeader(handle) is (var start, { } header) ? ReadSets(handle, start, header) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes under another name and renames once everything is on the disk, so nobody ever sees half a file. A
    /// cache is a convenience: a folder that cannot be written to is no error.
    /// </summary>
    /// <returns>Whether the file was written.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing is left behind.</exception>
    public bool TryWrite(ImageSet training, ImageSet transfer, CancellationToken cancellationToken)
    {
        var temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            DeleteAbandoned();
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(Header(training, transfer));
                stream.Write(training.Pixels);
                cancellationToken.ThrowIfCancellationRequested();
                stream.Write(transfer.Pixels);
                cancellationToken.ThrowIfCancellationRequested();
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    private static (long Start, byte[]? Header) ReadHeader(SafeFileHandle handle)
    {
        var prefix = new byte[s_magic.Length + sizeof(int)];
        if (!ImageBlock.Fill(handle, prefix, 0) || !prefix.AsSpan(0, s_magic.Length).SequenceEqual(s_magic))
        {
            return (0, null);
        }

        var length = BitConverter.ToInt32(prefix, s_magic.Length);
        if (length is < 0 or > LongestHeader)
        {
            return (0, null);
        }

        var header = new byte[length + SHA256.HashSizeInBytes];
        var sound = ImageBlock.Fill(handle, header, prefix.Length)
            && SHA256.HashData(header.AsSpan(0, length)).AsSpan().SequenceEqual(header.AsSpan(length));
        return (prefix.Length + header.Length, sound ? header : null);
    }

    private (ImageSet Training, ImageSet Transfer)? ReadSets(SafeFileHandle handle, long start, byte[] header)
    {
        using var reader = new BinaryReader(new MemoryStream(header), Encoding.UTF8);
        if (!reader.ReadBytes(key.Length).AsSpan().SequenceEqual(key))
        {
            return null;
        }

        var first = ImageBlock.Read(reader, start);
        var second = ImageBlock.Read(reader, first.End);
        if (RandomAccess.GetLength(handle) != second.End)
        {
            return null;
        }

        // Both at once: hashing 229 MB (84x84) is what a second start spends its time on.
        var other = Task.Run(() => second.Load(handle));
        var training = first.Load(handle);
        var transfer = other.GetAwaiter().GetResult();
        return training is null || transfer is null ? null : (training, transfer);
    }

    private byte[] Header(ImageSet training, ImageSet transfer)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(key);
            ImageBlock.Write(writer, training);
            ImageBlock.Write(writer, transfer);
        }

        var header = memory.ToArray();
        return [.. s_magic, .. BitConverter.GetBytes(header.Length), .. header, .. SHA256.HashData(header)];
    }

    /// <summary>A killed process cannot clean up; a day later nobody is writing that file any more.</summary>
    private void DeleteAbandoned()
    {
        foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, Path.GetFileName(file) + ".*.tmp"))
        {
            if (File.GetLastWriteTimeUtc(path) < DateTime.UtcNow.AddDays(-1))
            {
                TryDelete(path);
            }
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing depends on it, and the failure that led here is the one worth telling.
        }
    }
}
