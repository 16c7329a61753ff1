using System.Buffers;
using System.Globalization;

namespace Zapping.Datasets;

/// <summary>
/// Invented handwriting in the shape of Omniglot, for those who have not downloaded it: random characters, each
/// drawn 20 times by different "hands" at 105x105 in black and white and shrunk like the real ones.
/// </summary>
/// <remarks>
/// An image depends on nothing but (seed, half, class, drawing, size): not on the number of classes or threads, and
/// not on the machine either, since it is drawn with sums, products, quotients and square roots only, which IEEE 754
/// rounds alike everywhere. As hard as Omniglot for a nearest neighbour in pixels: 600 classes, 15 drawings known,
/// 23 % right (Omniglot: 26 % of the training and 22 % of the transfer classes).
/// </remarks>
public static class SyntheticGlyphs
{
    private const int DrawingsPerClass = OmniglotHalf.DrawingsPerClass;
    private const int CanvasArea = OmniglotHalf.SourceSize * OmniglotHalf.SourceSize;

    /// <summary>Draws the data set: as many images as Omniglot has take about two seconds on two cores.</summary>
    /// <param name="trainingClasses">Classes of <see cref="ClassificationData.Training"/>, at least 1.</param>
    /// <param name="transferClasses">Classes of <see cref="ClassificationData.Transfer"/>, at least 1; all other
    /// characters than the training ones.</param>
    /// <param name="size">Width and height of the images in pixels, 1..256.</param>
    /// <param name="seed">Another seed, another set of characters.</param>
    /// <param name="ct">Stops the drawing within milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1, the size is outside 1..256, or the images
    /// would not fit into one array.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationData Create(
        int trainingClasses, int transferClasses, int size = 28, ulong seed = 1, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Omniglot.LargestSize);
        CheckCount(trainingClasses, size, nameof(trainingClasses));
        CheckCount(transferClasses, size, nameof(transferClasses));
        var root = new SplitMix64(seed);
        return new ClassificationData(
            "SyntheticGlyphs",
            seed.ToString(CultureInfo.InvariantCulture),
            DrawAll("training", root.Fork(0), trainingClasses, size, ct),
            DrawAll("transfer", root.Fork(1), transferClasses, size, ct));
    }

    private static ImageSet DrawAll(string half, SplitMix64 root, int classes, int size, CancellationToken ct)
    {
        var area = size * size;
        var pixels = new byte[classes * DrawingsPerClass * area];
        var lanczos = new PillowLanczos(OmniglotHalf.SourceSize, size);
        ParallelWork.For(
            classes,
            classId =>
            {
                var stream = root.Fork((ulong)classId);
                var design = GlyphDesign.Create(stream.Fork(0));
                var canvas = ArrayPool<byte>.Shared.Rent(CanvasArea);
                for (var drawing = 0; drawing < DrawingsPerClass; drawing++)
                {
                    GlyphHand.Draw(design, stream.Fork(1 + (ulong)drawing), canvas.AsSpan(0, CanvasArea));
                    var image = (classId * DrawingsPerClass) + drawing;
                    lanczos.Resize(canvas.AsSpan(0, CanvasArea), pixels.AsSpan(image * area, area));
                }

                ArrayPool<byte>.Shared.Return(canvas);
            },
            progress: null,
            ct);
        var names = Enumerable.Range(0, classes)
            .Select(id => string.Create(CultureInfo.InvariantCulture, $"{half}/{id:0000}"));
        return new ImageSet([.. names], DrawingsPerClass, size, pixels);
    }

    private static void CheckCount(int classes, int size, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1, name);
        var most = Array.MaxLength / (DrawingsPerClass * size * size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, most, name);
    }
}
