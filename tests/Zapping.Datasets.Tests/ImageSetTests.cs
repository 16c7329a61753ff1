using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class ImageSetTests
{
    [Fact]
    public void Images_are_class_major()
    {
        var pixels = Enumerable.Range(0, 2 * 3 * 4).Select(value => (byte)value).ToArray();
        var set = new ImageSet(["a", "b"], 3, 2, pixels);

        set.Image(1, 2).ToArray().Should().Equal(20, 21, 22, 23);
        (set.ClassCount, set.Count, set.Size, set.ImagesPerClass).Should().Be((2, 6, 2, 3));
        set.Pixels.Should().BeSameAs(pixels, "a copy of 229 MB would be felt");
    }

    [Fact]
    public void A_colour_image_is_three_planes()
    {
        var pixels = Enumerable.Range(0, 2 * 3 * 3 * 4).Select(value => (byte)value).ToArray();
        var set = new ImageSet(["a", "b"], 3, 2, pixels, channels: 3);

        set.Image(1, 2).ToArray().Should().Equal(Enumerable.Range(60, 12).Select(value => (byte)value));
        (set.Channels, set.Count).Should().Be((3, 6));
    }

    [Fact]
    public void A_normalisation_has_the_channels_of_the_images()
    {
        var grey = new Normalization([0.5f], [0.25f]);

        FluentActions.Invoking(() => new ImageSet(["a"], 1, 1, new byte[3], channels: 3, grey))
            .Should().Throw<ArgumentException>().WithMessage("*3 channels*");
        FluentActions.Invoking(() => new ImageSet(["a"], 1, 1, [], channels: 0))
            .Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 3)]
    public void No_image_beyond_the_ends(int classId, int drawing)
    {
        var set = new ImageSet(["a", "b"], 3, 2, new byte[24]);

        FluentActions.Invoking(() => set.Image(classId, drawing).Length)
            .Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(3, 2, 23)]
    [InlineData(3, 2, 25)]
    [InlineData(0, 2, 0)]
    [InlineData(3, 0, 0)]
    [InlineData(65536, 65536, 0)]
    public void The_pixels_must_fit(int perClass, int size, int pixels) =>
        FluentActions.Invoking(() => new ImageSet(["a", "b"], perClass, size, new byte[pixels]))
            .Should().Throw<ArgumentException>();

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", " ")]
    [InlineData]
    public void Class_names_are_distinct_and_not_blank(params string[] names) =>
        FluentActions.Invoking(() => new ImageSet(names, 1, 1, new byte[names.Length]))
            .Should().Throw<ArgumentException>();
}
