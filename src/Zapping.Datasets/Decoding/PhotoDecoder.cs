using System.Buffers;
using System.Collections.Concurrent;
using SkiaSharp;

namespace Zapping.Datasets;

/// <summary>Decodes JPEG and PNG files to 8-bit planes of red, green and blue, all of one size.</summary>
/// <remarks>
/// What Pillow's <c>convert("RGB")</c> gives, bit for bit where the file has 8-bit grey, palette or RGB values: grey is
/// repeated, transparency is dropped (also clear pixels keep their colour), and neither a colour profile nor an
/// orientation in the file is applied. Where the size differs, each channel is stretched to it, whatever the
/// proportions, with <see cref="PillowLanczos"/>.
/// </remarks>
/// <param name="size">Width and height of the images to make, in pixels.</param>
/// <threadsafety>One instance serves all threads.</threadsafety>
internal sealed class PhotoDecoder(int size)
{
    public const int Channels = 3;

    /// <summary>268 MB for a square, once decoded: more is a mistake, or a small file made to fill memory.</summary>
    private const int LargestSide = 8192;

    private const int BytesPerPixel = 4;

    private readonly ConcurrentDictionary<int, PillowLanczos> _resizers = new();

    /// <param name="file">The encoded file.</param>
    /// <param name="planes">3 * size * size bytes; overwritten.</param>
    /// <returns>Null, or what is wrong with the file.</returns>
    public string? Decode(byte[] file, Span<byte> planes)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is not { EncodedFormat: SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png })
        {
            return "not a JPEG or PNG image";
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (Math.Max(width, height) > LargestSide)
        {
            return $"{width}x{height} pixels, at most {LargestSide} are read on a side";
        }

        var colours = ArrayPool<byte>.Shared.Rent(width * height * BytesPerPixel);
        try
        {
            var result = GetPixels(codec, colours);
            if (result != SKCodecResult.Success)
            {
                return $"damaged {codec.EncodedFormat} image ({result})";
            }

            var area = size * size;
            for (var channel = 0; channel < Channels; channel++)
            {
                Plane(colours.AsSpan(channel), width, height, planes.Slice(channel * area, area));
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(colours);
        }
    }

    private static unsafe SKCodecResult GetPixels(SKCodec codec, byte[] colours)
    {
        // Not premultiplied, and without a colour space: the numbers are to be those in the file.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        fixed (byte* target = colours)
        {
            return codec.GetPixels(info, (nint)target, info.RowBytes, SKCodecOptions.Default);
        }
    }

    private void Plane(ReadOnlySpan<byte> colours, int width, int height, Span<byte> target)
    {
        if (width == size && height == size)
        {
            Pick(colours, target);
            return;
        }

        var plane = ArrayPool<byte>.Shared.Rent(width * height);
        var columns = ArrayPool<byte>.Shared.Rent(size * height);
        try
        {
            Pick(colours, plane.AsSpan(0, width * height));
            Resizer(width).ResizeRows(plane.AsSpan(0, width * height), height, columns.AsSpan(0, size * height));
            Resizer(height).ResizeRows(columns.AsSpan(0, size * height), size, target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plane);
            ArrayPool<byte>.Shared.Return(columns);
        }
    }

    /// <summary>Every fourth byte: one channel.</summary>
    private static void Pick(ReadOnlySpan<byte> colours, Span<byte> plane)
    {
        for (var i = 0; i < plane.Length; i++)
        {
            plane[i] = colours[i * BytesPerPixel];
        }
    }

    private PillowLanczos Resizer(int length) => _resizers.GetOrAdd(length, from => new PillowLanczos(from, size));
}
