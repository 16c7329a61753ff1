using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace Zapping.Datasets;

/// <summary>
/// An IDX file of bytes, as it is or as gzip: 0, 0, the type (8 for bytes), the number of dimensions, each dimension as 32 bits,
/// big-endian, then the bytes.
/// </summary>
/// <param name="Path">Full path, for messages.</param>
/// <param name="Dimensions">Count first, then rows and columns for images; at least 1 each.</param>
/// <param name="Bytes">As many as the dimensions multiply to.</param>
internal sealed record IdxFile(string Path, IReadOnlyList<int> Dimensions, byte[] Bytes)
{
    private const int TypeOfBytes = 8;

    // EMNIST, the largest of its kind, has half of that.
    private const int MostBytes = 1 << 30;

    // What a header claims is not allocated before that much of it has arrived.
    private const int FirstBuffer = 1 << 24;

    /// <summary>Where the bytes begin.</summary>
    public int HeaderLength => sizeof(int) * (1 + Dimensions.Count);

    /// <summary>Reads all of a file.</summary>
    /// <param name="path">Full path; gzip if its name ends with .gz.</param>
    /// <param name="dimensions">How many dimensions it must have.</param>
    /// <exception cref="DataException">The file cannot be read, is of another kind, cut short, or longer than its header says.</exception>
    public static IdxFile Read(string path, int dimensions)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream content = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            return Read(path, content, dimensions);
        }
        catch (InvalidDataException error)
        {
            throw new DataException($"{path}: damaged gzip ({error.Message})", error);
        }
        catch (Exception error) when (error is (IOException and not DataException) or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read ({error.Message})", error);
        }
    }

    private static IdxFile Read(string path, Stream content, int dimensions)
    {
        var header = new byte[sizeof(int) * (1 + dimensions)];
        EnsureWhole(path, content.ReadAtLeast(header, header.Length, throwOnEndOfStream: false), header.Length);
        var magic = BinaryPrimitives.ReadInt32BigEndian(header);
        var expected = (TypeOfBytes << 8) | dimensions;
        if (magic != expected)
        {
            throw At(path, 0, $"magic number {magic} found, {expected} expected");
        }

        var sizes = new int[dimensions];
        var length = 1L;
        for (var i = 0; i < dimensions; i++)
        {
            var offset = sizeof(int) * (1 + i);
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(offset));
            length = sizes[i] < 1 ? 0 : length * sizes[i];
            if (length is < 1 or > MostBytes)
            {
                throw At(path, offset, $"dimension {i + 1} of {dimensions} is {sizes[i]}; it must be at least 1, and all together at most {MostBytes} bytes");
            }
        }

        var bytes = ReadBytes(path, content, (int)length, header.Length);
        return content.ReadByte() < 0
            ? new IdxFile(path, sizes, bytes)
            : throw At(path, header.Length + length, "the file goes on, where its header says that it ends");
    }

    private static byte[] ReadBytes(string path, Stream content, int length, int start)
    {
        var bytes = new byte[Math.Min(length, FirstBuffer)];
        for (var done = 0; ;)
        {
            done += content.ReadAtLeast(bytes.AsSpan(done), bytes.Length - done, throwOnEndOfStream: false);
            EnsureWhole(path, start + (long)done, start + (done < bytes.Length ? length : (long)done));
            if (done == length)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
        }
    }

    private static void EnsureWhole(string path, long found, long expected)
    {
        if (found < expected)
        {
            throw At(path, found, $"the file ends, {expected} bytes expected");
        }
    }

    /// <summary>What is wrong at a place of a file; of gzip, at a place of its content.</summary>
    public static DataException At(string path, long offset, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: offset {offset}: {problem}."));
}
