using System.Security.Cryptography;
using FluentAssertions;
using SkiaSharp;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class PhotoDecoderTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, 2)]
    [InlineData(SKEncodedImageFormat.Png, 0)]
    public void Red_comes_first_then_green_then_blue(SKEncodedImageFormat format, int tolerance)
    {
        ShouldBePlain(Decode(FakePhotos.Plain(FakePhotos.Red, format)), 255, 0, 0, tolerance);
        ShouldBePlain(Decode(FakePhotos.Plain(new(10, 200, 90), format)), 10, 200, 90, tolerance);
    }

    [Fact]
    public void Every_pixel_of_a_PNG_is_in_its_place()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(5, 5, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var i = 0; i < 25; i++)
        {
            bitmap.SetPixel(i % 5, i / 5, new SKColor((byte)i, (byte)(100 + i), (byte)(255 - i)));
        }

        var planes = Decode(FakePhotos.Encode(bitmap, SKEncodedImageFormat.Png), 5);

        planes.Should().Equal(Enumerable.Range(0, 75)
            .Select(at => (byte)(at < 25 ? at : at < 50 ? 100 + at - 25 : 255 - (at - 50))));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    public void Grey_files_give_three_equal_channels(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(84, 84, SKColorType.Gray8, SKAlphaType.Opaque));
        bitmap.GetPixelSpan().Fill(77);
        var file = FakePhotos.Encode(bitmap, format);
        using var codec = SKCodec.Create(new MemoryStream(file));
        codec.Info.ColorType.Should().Be(SKColorType.Gray8, "the test is about such files");

        ShouldBePlain(Decode(file), 77, 77, 77, 0);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(128)]
    [InlineData(1)]
    [InlineData(0)]
    public void Transparency_is_dropped(byte alpha) =>
        ShouldBePlain(Decode(FakePhotos.Plain(new(200, 100, 50, alpha), SKEncodedImageFormat.Png)), 200, 100, 50, 0);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(83, 85)]
    [InlineData(200, 84)]
    [InlineData(84, 31)]
    [InlineData(333, 500)]
    public void Any_size_becomes_the_one_asked_for(int width, int height)
    {
        ShouldBePlain(Decode(FakePhotos.Plain(new(200, 100, 50), SKEncodedImageFormat.Png, width, height)), 200, 100, 50, 0);
        ShouldBePlain(Decode(FakePhotos.Plain(new(200, 100, 50), SKEncodedImageFormat.Jpeg, width, height)), 200, 100, 50, 2);
    }

    [Fact]
    public void A_square_is_resized_as_Pillow_does_it()
    {
        var source = Noise(105, 105);
        var expected = new byte[84 * 84];
        new PillowLanczos(105, 84).Resize(source, expected);

        var planes = Decode(GreyPng(source, 105, 105));

        for (var channel = 0; channel < 3; channel++)
        {
            planes.AsSpan(channel * expected.Length, expected.Length).SequenceEqual(expected).Should().BeTrue();
        }
    }

    /// <summary>Fixtures/photo.py made the file and printed the sum: chroma is upsampled as Pillow does it, too.</summary>
    [Fact]
    public void Every_pixel_of_a_photo_is_Pillows() =>
        Convert.ToHexStringLower(SHA256.HashData(Decode(File.ReadAllBytes(TestFiles.Fixture("photo.jpg")))))
            .Should().Be("578ee7b78825462e0a4132f7ec4636093618c405c5ce115874f33b6a7daeb98d");

    [Fact]
    public void Width_and_height_are_not_mixed_up()
    {
        // Left half black, right half white, twice as wide as high.
        var wide = new byte[168 * 84];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = i % 168 < 84 ? (byte)0 : byte.MaxValue;
        }

        var planes = Decode(GreyPng(wide, 168, 84));

        for (var y = 0; y < 84; y++)
        {
            planes.AsSpan(y * 84, 38).ToArray().Should().AllSatisfy(value => value.Should().BeLessThan(2));
            planes.AsSpan((y * 84) + 46, 38).ToArray().Should().AllSatisfy(value => value.Should().BeGreaterThan(253));
        }
    }

    [Fact]
    public void What_is_no_image_is_said_to_be_none()
    {
        Problem([]).Should().Be("not a JPEG or PNG image");
        Problem("surprise"u8.ToArray()).Should().Be("not a JPEG or PNG image");
        Problem(FakePhotos.Plain(FakePhotos.Red, SKEncodedImageFormat.Webp)).Should().Be("not a JPEG or PNG image");
    }

    [Fact]
    public void Files_that_end_early_are_damaged()
    {
        Problem(FakePhotos.Encode(NoiseBitmap(), SKEncodedImageFormat.Jpeg)[..^2000]).Should().StartWith("damaged Jpeg image");
        Problem(FakePhotos.Encode(NoiseBitmap(), SKEncodedImageFormat.Png)[..^2000]).Should().StartWith("damaged Png image");
    }

    [Fact]
    public void A_side_beyond_all_reason_is_refused() =>
        Problem(FakePhotos.Plain(FakePhotos.Red, SKEncodedImageFormat.Png, 8193, 1)).Should().Contain("8193x1 pixels");

    private static byte[] Decode(byte[] file, int size = 84)
    {
        var planes = new byte[3 * size * size];
        new PhotoDecoder(size).Decode(file, planes).Should().BeNull();
        return planes;
    }

    private static string? Problem(byte[] file) => new PhotoDecoder(84).Decode(file, new byte[3 * 84 * 84]);

    private static void ShouldBePlain(byte[] planes, byte red, byte green, byte blue, int tolerance)
    {
        var area = planes.Length / 3;
        foreach (var (channel, expected) in new[] { red, green, blue }.Index())
        {
            var plane = planes.AsSpan(channel * area, area).ToArray();
            ((int)plane.Min()).Should().BeGreaterThanOrEqualTo(expected - tolerance);
            ((int)plane.Max()).Should().BeLessThanOrEqualTo(expected + tolerance);
        }
    }

    private static byte[] Noise(int width, int height)
    {
        var pixels = new byte[width * height];
        new Random(7).NextBytes(pixels);
        return pixels;
    }

    private static byte[] GreyPng(byte[] pixels, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        pixels.CopyTo(bitmap.GetPixelSpan());
        return FakePhotos.Encode(bitmap, SKEncodedImageFormat.Png);
    }

    private static SKBitmap NoiseBitmap()
    {
        var bitmap = new SKBitmap(new SKImageInfo(84, 84, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Noise(84 * 4, 84).CopyTo(bitmap.GetPixelSpan());
        return bitmap;
    }
}
