using System.Runtime.InteropServices;
using SkiaSharp;

namespace Zapping.Datasets.Tests;

/// <summary>Class folders with small images in them, for the loaders of colour images.</summary>
internal static class FakePhotos
{
    public static readonly SKColor Red = new(255, 0, 0);

    public static readonly MiniImageNetOptions Mini = new() { TrainingClasses = 3, TransferClasses = 2, ImagesPerClass = 4 };

    public static readonly OmnImageOptions Omni = new() { TrainingClasses = 4, TransferClasses = 2, ImagesPerClass = 3 };

    /// <summary>In ordinal order; "n10" before "n2", upper case before lower case.</summary>
    public static readonly string[] TrainingClasses = ["N3", "n10", "n2"];

    public static readonly string[] TransferClasses = ["n4", "n5"];

    public static readonly string[] OmniClasses = ["Z", "a", "b", "c", "d10", "d9"];

    /// <summary>Its images are one grey each: class * 40 + image * 10, of the training classes before the others.</summary>
    public static void SaveMini(string path)
    {
        foreach (var (number, name) in TrainingClasses.Concat(TransferClasses).Index().Reverse())
        {
            SaveClass(Path.Combine(path, number < 3 ? "train" : "test", name), number, 4);
        }
    }

    public static void SaveOmni(string path)
    {
        foreach (var (number, name) in OmniClasses.Index().Reverse())
        {
            SaveClass(Path.Combine(path, name), number, 3);
        }
    }

    public static byte Grey(int number, int image) => (byte)((number * 40) + (image * 10));

    /// <summary>One colour all over, as a file of the given format.</summary>
    public static byte[] Plain(SKColor colour, SKEncodedImageFormat format, int width = 84, int height = 84)
    {
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        // Not Erase, which loses the colour of clear pixels.
        MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan()).Fill(
            BitConverter.ToUInt32([colour.Red, colour.Green, colour.Blue, colour.Alpha]));
        return Encode(bitmap, format);
    }

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format)
    {
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    /// <summary>Backwards and in three formats by name, so that whoever does not sort is found out.</summary>
    private static void SaveClass(string folder, int number, int count)
    {
        Directory.CreateDirectory(folder);
        for (var image = count - 1; image >= 0; image--)
        {
            var grey = Grey(number, image);
            var (format, extension) = image switch
            {
                0 => (SKEncodedImageFormat.Jpeg, "JPEG"),
                1 => (SKEncodedImageFormat.Png, "png"),
                _ => (SKEncodedImageFormat.Jpeg, "jpg"),
            };
            File.WriteAllBytes(Path.Combine(folder, $"i{image}.{extension}"), Plain(new(grey, grey, grey), format));
        }
    }
}
