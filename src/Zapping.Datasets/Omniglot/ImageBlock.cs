using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Zapping.Datasets;

/// <summary>What the header of an <see cref="ImageCache"/> says about one image set, and where it is.</summary>
internal sealed record ImageBlock(
    IReadOnlyList<string> ClassNames, int ImagesPerClass, int Size, long Length, byte[] Hash, long Offset)
{
    public long End => Offset + Length;

    /// <param name="header">Where to write.</param>
    /// <param name="images">Grey and without normalisation: the format has no place for more.</param>
    public static void Write(BinaryWriter header, ImageSet images)
    {
        if (images.Channels != 1 || images.Normalization is not null)
        {
            throw new ArgumentException("The cache is for grey images without normalisation.", nameof(images));
        }

        header.Write(images.ClassCount);
        foreach (var name in images.ClassNames)
        {
            header.Write(name);
        }

        header.Write(images.ImagesPerClass);
        header.Write(images.Size);
        header.Write((long)images.Pixels.Length);
        header.Write(SHA256.HashData(images.Pixels));
    }

    /// <param name="header">At the block; its bytes are proven to be those that were written.</param>
    /// <param name="offset">Where in the file the pixels begin.</param>
    public static ImageBlock Read(BinaryReader header, long offset)
    {
        var names = new string[header.ReadInt32()];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = header.ReadString();
        }

        return new ImageBlock(
            names, header.ReadInt32(), header.ReadInt32(), header.ReadInt64(),
            header.ReadBytes(SHA256.HashSizeInBytes), offset);
    }

    /// <summary>The images, or null when the pixels are not those that were written.</summary>
    public ImageSet? Load(SafeFileHandle file)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        return Fill(file, pixels, Offset) && SHA256.HashData(pixels).AsSpan().SequenceEqual(Hash)
            ? new ImageSet(ClassNames, ImagesPerClass, Size, pixels)
            : null;
    }

    /// <summary>Reads until the buffer is full; false at the end of the file.</summary>
    public static bool Fill(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        while (buffer.Length > 0)
        {
            var count = RandomAccess.Read(file, buffer, offset);
            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
            offset += count;
        }

        return true;
    }
}
