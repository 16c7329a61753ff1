using System.Buffers.Binary;
using System.IO.Compression;

namespace Zapping.Datasets.Tests;

/// <summary>Four small IDX files; tests damage them before saving them.</summary>
internal sealed class FakeMnist
{
    public const int TrainingImages = 12;
    public const int TestImages = 5;

    /// <summary>Name to content.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal)
    {
        ["train-images-idx3-ubyte"] = Idx([TrainingImages, 2, 2], Pixels(TrainingImages, 2)),
        ["train-labels-idx1-ubyte"] = Idx([TrainingImages], Labels(TrainingImages)),
        ["t10k-images-idx3-ubyte"] = Idx([TestImages, 2, 2], Pixels(TestImages, 2)),
        ["t10k-labels-idx1-ubyte"] = Idx([TestImages], Labels(TestImages)),
    };

    public void Save(string folder, bool gzip = false)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, content) in Files)
        {
            File.WriteAllBytes(Path.Combine(folder, gzip ? name + ".gz" : name), gzip ? Gzip(content) : content);
        }
    }

    public static byte[] Idx(int[] dimensions, byte[] bytes)
    {
        var header = new byte[4 + (4 * dimensions.Length)];
        (header[2], header[3]) = (8, (byte)dimensions.Length);
        foreach (var (i, size) in dimensions.Index())
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), size);
        }

        return [.. header, .. bytes];
    }

    public static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return memory.ToArray();
    }

    /// <summary>Each image has other bytes.</summary>
    public static byte[] Pixels(int images, int size) => [.. Enumerable.Range(0, images * size * size).Select(i => (byte)i)];

    public static byte[] Labels(int images) => [.. Enumerable.Range(0, images).Select(i => (byte)((i * 3) % 10))];
}
