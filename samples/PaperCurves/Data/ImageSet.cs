namespace PaperCurves.Data;

/// <summary>8-bit grey square images of equally many drawings per class, class-major.</summary>
/// <threadsafety>Safe for concurrent readers as long as nobody writes into <see cref="Pixels"/>.</threadsafety>
public sealed class ImageSet
{
    /// <summary>Wraps <paramref name="pixels"/> without copying them.</summary>
    /// <param name="classNames">One distinct, non-blank name per class; at least one.</param>
    /// <param name="imagesPerClass">Drawings of every class, at least 1.</param>
    /// <param name="size">Width and height in pixels, at least 1.</param>
    /// <param name="pixels">
    /// classes * imagesPerClass * size * size bytes; pixel (x, y) of a drawing is at
    /// ((class * imagesPerClass) + drawing) * size * size + y * size + x. 0 is ink, 255 paper.
    /// </param>
    /// <exception cref="ArgumentException">A name is blank or double, or the number of pixels does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count or the size is below 1.</exception>
    public ImageSet(IReadOnlyList<string> classNames, int imagesPerClass, int size, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(imagesPerClass, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
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

        var expected = (Int128)classNames.Count * imagesPerClass * size * size;
        if (expected != pixels.Length)
        {
            throw new ArgumentException(
                $"{classNames.Count} classes of {imagesPerClass} images of {size}x{size} need {expected} bytes, "
                + $"not {pixels.Length}.",
                nameof(pixels));
        }

        ClassNames = [.. classNames];
        ImagesPerClass = imagesPerClass;
        Size = size;
        Pixels = pixels;
    }

    /// <summary>Names in the order of the class ids 0..<see cref="ClassCount"/>-1.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    public int ClassCount => ClassNames.Count;

    public int ImagesPerClass { get; }

    /// <summary>Width and height of every image in pixels.</summary>
    public int Size { get; }

    /// <summary>Number of images: <see cref="ClassCount"/> * <see cref="ImagesPerClass"/>.</summary>
    public int Count => ClassCount * ImagesPerClass;

    /// <summary>All images, (class, drawing, y, x) row-major; the very array that was given.</summary>
    public byte[] Pixels { get; }

    /// <summary>The <see cref="Size"/> * <see cref="Size"/> pixels of one drawing, row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such class or drawing.</exception>
    public ReadOnlySpan<byte> Image(int classId, int drawing)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(classId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(classId, ClassCount);
        ArgumentOutOfRangeException.ThrowIfNegative(drawing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(drawing, ImagesPerClass);
        var area = Size * Size;
        return Pixels.AsSpan(((classId * ImagesPerClass) + drawing) * area, area);
    }
}
