namespace Zapping.Models;

/// <summary>The paper's networks by the names that the command line knows.</summary>
public static class ModelCatalog
{
    private static readonly Entry[] Entries =
    [
        new(
            "convnet",
            "28x28 with 1 channel, or 84x84 with 3",
            (size, channels) => (size, channels) is (28, 1) or (84, 3),
            d => d.ImageSize == 28 ? new Convnet(d.Units, d.Width, d.Seed) : new Convnet84(d.Units, d.Width, d.Seed)),
        new(
            "anml",
            $"{Anml.MinImageSize}x{Anml.MinImageSize} or larger",
            (size, channels) => size >= Anml.MinImageSize && channels > 0,
            d => new Anml(d.Units, d.Width, Math.Max(1, d.Width * 7 / 16), d.ImageSize, d.Channels, d.Seed)),
        new(
            "oml",
            "84x84 with 1 channel",
            (size, channels) => (size, channels) is (84, 1),
            d => new Oml(d.Units, d.Width, 4 * d.Width, d.Seed)),
        new(
            "resnet18",
            $"{ResNet18.MinImageSize}x{ResNet18.MinImageSize} or larger with 3 channels",
            (size, channels) => size >= ResNet18.MinImageSize && channels == 3,
            d => new ResNet18(d.Units, Math.Max(1, d.Width / 4), d.ImageSize, d.Seed)),
    ];

    /// <summary>All names: convnet, anml, oml, resnet18.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    /// <summary>Whether a network takes such images, so that options can be refused before any data is read.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="imageSize">Height and width of the images.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <exception cref="ArgumentException">There is no such network.</exception>
    public static bool Takes(string name, int imageSize, int channels) => Find(name).Fits(imageSize, channels);

    /// <summary>In words, the images that a network takes.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such network.</exception>
    public static string ImagesOf(string name) => Find(name).Images;

    /// <summary>Builds a network with the published initialization.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="units">Output units.</param>
    /// <param name="width">
    /// Filters of the convolutions in the convnets, in ANML's prediction branch and in OML; 256 gives every network its
    /// published size. Other widths follow in proportion, rounded down but at least 1: width * 7 / 16 filters in ANML's
    /// modulation branch (112), 4 * width hidden units in OML (1024), width / 4 filters in ResNet-18's first stage (64).
    /// </param>
    /// <param name="imageSize">Height and width of the images.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <exception cref="ArgumentException">There is no such network, or it does not take such images.</exception>
    public static ImageClassifier Create(string name, int units, int width, int imageSize, int channels, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var entry = Find(name);
        return entry.Fits(imageSize, channels)
            ? entry.Build(new Dimensions(units, width, imageSize, channels, seed))
            : throw new ArgumentException(
                $"The model '{name}' takes images of {entry.Images}, not {imageSize}x{imageSize} with {channels}.",
                nameof(imageSize));
    }

    private static Entry Find(string name) =>
        Array.Find(Entries, entry => entry.Name == name)
        ?? throw new ArgumentException($"There is no model '{name}'; there are {string.Join(", ", Names)}.", nameof(name));

    private readonly record struct Dimensions(int Units, int Width, int ImageSize, int Channels, ulong Seed);

    private sealed record Entry(
        string Name, string Images, Func<int, int, bool> Fits, Func<Dimensions, ImageClassifier> Build);
}
