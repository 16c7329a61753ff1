using SkiaSharp;

namespace Zapping.Datasets;

/// <summary>Decodes one grey PNG drawing to 8-bit grey: ink 0, paper 255.</summary>
internal static class DrawingDecoder
{
    /// <param name="png">The encoded file.</param>
    /// <param name="size">Width and height that the drawing must have, in pixels.</param>
    /// <param name="grey">size * size bytes, row by row; overwritten.</param>
    /// <returns>Null, or what is wrong with the file.</returns>
    public static string? Decode(byte[] png, int size, Span<byte> grey)
    {
        using var data = SKData.CreateCopy(png);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat != SKEncodedImageFormat.Png)
        {
            return "not a PNG image";
        }

        if (codec.Info.Width != size || codec.Info.Height != size)
        {
            return $"{codec.Info.Width}x{codec.Info.Height} pixels, expected {size}x{size}";
        }

        // Asking for grey from a coloured file would silently weigh its channels.
        if (codec.Info.ColorType != SKColorType.Gray8)
        {
            return "not a grey image without transparency";
        }

        SKCodecResult result;
        unsafe
        {
            fixed (byte* target = grey)
            {
                var info = new SKImageInfo(size, size, SKColorType.Gray8, SKAlphaType.Opaque);
                result = codec.GetPixels(info, (nint)target, size, SKCodecOptions.Default);
            }
        }

        return result == SKCodecResult.Success ? null : $"damaged PNG image ({result})";
    }
}
