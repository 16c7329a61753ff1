namespace Zapping.Datasets;

/// <summary>8-bit square images, grey or in colour, equally many per class, class-major.</summary>
/// <threadsafety>Safe for concurrent readers as long as nobody writes into <see cref="Pixels"/>.</threadsafety>
public sealed class ImageSet
{
    /// <summary>Wraps <paramref name="pixels"/> without copying them.</summary>
    /// <param name="classNames">One distinct, non-blank name per class; at least one.</param>
    /// <param name="imagesPerClass">Drawings of every class, at least 1.</param>
    /// <param name="size">Width and height in pixels, at least 1.</param>
    /// <param name="pixels">
    /// classes * imagesPerClass * channels * size * size bytes in the order of the tensor [n, channels, size, size]:
    /// pixel (x, y) of a channel is at
    /// ((((class * imagesPerClass) + drawing) * channels) + channel) * size * size + y * size + x.
    /// Of drawings, 0 is ink and 255 paper.
    /// </param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    /// <param name="normalization">How bytes become numbers, channel by channel; null divides by 255.</param>
    /// <exception cref="ArgumentException">
    /// A name is blank or double, or the number of pixels or of normalised channels does not fit.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A count or the size is below 1.</exception>
    public ImageSet(
        IReadOnlyList<string> classNames, int imagesPerClass, int size, byte[] pixels, int channels = 1,
        Normalization? normalization = null)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(imagesPerClass, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (normalization is not null && normalization.Channels != channels)
        {
            throw new ArgumentException(
                $"{channels} channels cannot be normalised as {normalization.Channels}.", nameof(normalization));
        }

        if (classNames.Count == 0)
        {
            throw new ArgumentException("An image set needs at least one class.", nameof(classNames));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in classNames)
        {
            if (string.IsNullOrWhiteSpace(name) || !seen.Add(name))
            {
                throw new ArgumentException($"The class name '{name}' is blank or given twice.", nameof(classNames));
            }
        }

        var expected = (Int128)classNames.Count * imagesPerClass * channels * size * size;
        if (expected != pixels.Length)
        {
            throw new ArgumentException(
                $"{classNames.Count} classes of {imagesPerClass} images of {size}x{size}x{channels} need {expected} "
                + $"bytes, not {pixels.Length}.",
                nameof(pixels));
        }

        ClassNames = [.. classNames];
        ImagesPerClass = imagesPerClass;
        Size = size;
        Pixels = pixels;
        Channels = channels;
        Normalization = normalization;
    }

    /// <summary>Names in the order of the class ids 0..<see cref="ClassCount"/>-1.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Number of classes, at least 1.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>Images of every class, at least 1.</summary>
    public int ImagesPerClass { get; }

    /// <summary>Width and height of every image in pixels.</summary>
    public int Size { get; }

    /// <summary>1 for grey, 3 for red, green and blue.</summary>
    public int Channels { get; }

    /// <summary>How bytes become numbers, channel by channel; null divides by 255.</summary>
    public Normalization? Normalization { get; }

    /// <summary>Number of images: <see cref="ClassCount"/> * <see cref="ImagesPerClass"/>.</summary>
    public int Count => ClassCount * ImagesPerClass;

    /// <summary>All images, (class, drawing, channel, y, x) row-major; the very array that was given.</summary>
    public byte[] Pixels { get; }

    /// <summary>The <see cref="Channels"/> planes of one image, each row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such class or drawing.</exception>
    public ReadOnlySpan<byte> Image(int classId, int drawing)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(classId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(classId, ClassCount);
        ArgumentOutOfRangeException.ThrowIfNegative(drawing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(drawing, ImagesPerClass);
        var length = Channels * Size * Size;
        return Pixels.AsSpan(((classId * ImagesPerClass) + drawing) * length, length);
    }
}
