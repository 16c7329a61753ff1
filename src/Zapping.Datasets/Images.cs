using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zapping.Datasets;

/// <summary>From bytes to tensors.</summary>
public static class Images
{
    /// <summary>
    /// The chosen images as floats [n, channels, size, size], normalized as their set says (a drawing runs from 0,
    /// ink, to 1, paper), class by class, and their labels [n]: the position of their class in
    /// <paramref name="classes"/>, as in the paper, where every data set counts from 0.
    /// </summary>
    /// <remarks>
    /// Beside the result, which has four bytes for each of the set's, no more than one class is held as floats.
    /// </remarks>
    /// <param name="set">Where the images are.</param>
    /// <param name="classes">Class ids of <paramref name="set"/>.</param>
    /// <param name="drawings">For each of these classes, which of its images.</param>
    /// <param name="device">Where the tensors go.</param>
    public static (Tensor Inputs, Tensor Labels) ToTensors(
        ImageSet set, IReadOnlyList<int> classes, IReadOnlyList<int[]> drawings, Device device)
    {
        var tables = Tables(set.Channels, set.Normalization);
        var labels = drawings
            .SelectMany((chosen, position) => Enumerable.Repeat((long)position, chosen.Length)).ToArray();
        var inputs = empty([labels.Length, set.Channels, set.Size, set.Size], float32, device);
        var first = 0L;
        for (var position = 0; position < classes.Count; position++)
        {
            var chosen = drawings[position];
            if (chosen.Length > 0)
            {
                using var part = OneClass(set, classes[position], chosen, tables);
                using var place = inputs.narrow(0, first, chosen.Length);
                place.copy_(part);
                first += chosen.Length;
            }
        }

        return (inputs, tensor(labels, device: device));
    }

    /// <summary>
    /// The images as floats [n, channels, size, size], normalized as they say, and their labels [n], whole numbers of 64 bits.
    /// </summary>
    /// <remarks>Beside the result, which has four bytes for each of the images', no more than 1024 images are held as floats.</remarks>
    /// <param name="images">Where they are.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <param name="chosen">Which of them, in this order; null takes all.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public static (Tensor Inputs, Tensor Labels) ToTensors(LabeledImages images, Device device, IReadOnlyList<int>? chosen = null)
    {
        const int AtATime = 1024;
        ArgumentNullException.ThrowIfNull(images);
        chosen ??= [.. Enumerable.Range(0, images.Count)];
        var tables = Tables(images.Channels, images.Normalization);
        var area = images.Size * images.Size;
        var inputs = empty([chosen.Count, images.Channels, images.Size, images.Size], float32, device);
        for (var first = 0; first < chosen.Count; first += AtATime)
        {
            var count = Math.Min(AtATime, chosen.Count - first);
            using var part = empty([count, images.Channels, images.Size, images.Size], float32, CPU);
            var target = MemoryMarshal.Cast<byte, float>(part.bytes);
            for (var i = 0; i < count; i++)
            {
                Convert(images.Image(chosen[first + i]), tables, area, target[(i * area * tables.Length)..]);
            }

            using var place = inputs.narrow(0, first, count);
            place.copy_(part);
        }

        return (inputs, tensor(chosen.Select(index => (long)images.Labels[index]).ToArray(), device: device));
    }

    private static float[][] Tables(int channels, Normalization? normalization) =>
        [.. Enumerable.Range(0, channels).Select(channel => Normalization.Table(normalization, channel))];

    private static Tensor OneClass(ImageSet set, int classId, int[] chosen, float[][] tables)
    {
        var part = empty([chosen.Length, set.Channels, set.Size, set.Size], float32, CPU);
        var target = MemoryMarshal.Cast<byte, float>(part.bytes);
        var area = set.Size * set.Size;
        foreach (var drawing in chosen)
        {
            Convert(set.Image(classId, drawing), tables, area, target);
            target = target[(area * tables.Length)..];
        }

        return part;
    }

    private static void Convert(ReadOnlySpan<byte> image, float[][] tables, int area, Span<float> target)
    {
        foreach (var table in tables)
        {
            for (var p = 0; p < area; p++)
            {
                target[p] = table[image[p]];
            }

            image = image[area..];
            target = target[area..];
        }
    }
}
