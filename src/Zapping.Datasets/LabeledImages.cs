namespace Zapping.Datasets;

/// <summary>8-bit images with a label each, in the order of their file; classes may have different numbers of images.</summary>
/// <threadsafety>Safe for concurrent readers as long as nobody writes into <see cref="Pixels"/> or <see cref="Labels"/>.</threadsafety>
public sealed class LabeledImages
{
    /// <summary>Wraps the arrays without copying them.</summary>
    /// <param name="classNames">One distinct, non-blank name per class, 1 to 256 of them; a label is a position in it.</param>
    /// <param name="labels">One label per image, at least one, each below the number of classes.</param>
    /// <param name="size">Width and height in pixels, at least 1.</param>
    /// <param name="pixels">
    /// images * channels * size * size bytes in the order of the tensor [n, channels, size, size]: pixel (x, y) of a channel is at
    /// ((image * channels) + channel) * size * size + y * size + x.
    /// </param>
    /// <param name="channels">1 for gray, 3 for red, green and blue; at least 1.</param>
    /// <param name="normalization">How bytes become numbers, channel by channel; null divides by 255.</param>
    /// <exception cref="ArgumentException">
    /// A name is blank or given twice, there are more than 256, a label is no class, or the number of pixels or of normalized channels does
    /// not fit.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The size or the number of channels is below 1.</exception>
    public LabeledImages(
        IReadOnlyList<string> classNames, byte[] labels, int size, byte[] pixels, int channels = 1, Normalization? normalization = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ClassNames = ImageSet.CheckedNames(classNames);
        if (ClassNames.Count > byte.MaxValue + 1)
        {
            throw new ArgumentException($"{ClassNames.Count} classes given; a label is a byte, so there are 256 at most.", nameof(classNames));
        }

        if (labels.Length == 0 || labels.Max() >= ClassNames.Count)
        {
            throw new ArgumentException($"Labels are from 0 to {ClassNames.Count - 1}, and there is at least one.", nameof(labels));
        }

        if (normalization is not null && normalization.Channels != channels)
        {
            throw new ArgumentException($"{channels} channels cannot be normalized as {normalization.Channels}.", nameof(normalization));
        }

        var expected = (Int128)labels.Length * channels * size * size;
        if (expected != pixels.Length)
        {
            throw new ArgumentException(
                $"{labels.Length} images of {size}x{size}x{channels} need {expected} bytes, not {pixels.Length}.", nameof(pixels));
        }

        Labels = labels;
        Size = size;
        Pixels = pixels;
        Channels = channels;
        Normalization = normalization;
    }

    /// <summary>The images of a set in its order, class by class; the pixels are shared.</summary>
    /// <param name="set">At most 256 classes.</param>
    /// <exception cref="ArgumentException">There are more classes.</exception>
    public static LabeledImages Of(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var labels = Enumerable.Range(0, set.Count).Select(image => (byte)(image / set.ImagesPerClass)).ToArray();
        return new LabeledImages(set.ClassNames, labels, set.Size, set.Pixels, set.Channels, set.Normalization);
    }

    /// <summary>Names in the order of the labels.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Number of images, at least 1.</summary>
    public int Count => Labels.Length;

    /// <summary>Width and height of every image in pixels.</summary>
    public int Size { get; }

    /// <summary>1 for gray, 3 for red, green and blue.</summary>
    public int Channels { get; }

    /// <summary>How bytes become numbers, channel by channel; null divides by 255.</summary>
    public Normalization? Normalization { get; }

    /// <summary>The label of every image; the very array that was given.</summary>
    public byte[] Labels { get; }

    /// <summary>All images, (image, channel, y, x) row-major; the very array that was given.</summary>
    public byte[] Pixels { get; }

    /// <summary>The <see cref="Channels"/> planes of one image, each row by row.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var length = Channels * Size * Size;
        return Pixels.AsSpan(index * length, length);
    }
}
