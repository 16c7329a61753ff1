using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zapping.Datasets;

/// <summary>From bytes to tensors.</summary>
public static class Images
{
    /// <summary>
    /// The chosen images as floats [n, channels, size, size], normalised as their set says (a drawing runs from 0,
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
        var tables = Enumerable.Range(0, set.Channels)
            .Select(channel => Normalization.Table(set.Normalization, channel)).ToArray();
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

    private static Tensor OneClass(ImageSet set, int classId, int[] chosen, float[][] tables)
    {
        var part = empty([chosen.Length, set.Channels, set.Size, set.Size], float32, CPU);
        var target = MemoryMarshal.Cast<byte, float>(part.bytes);
        var area = set.Size * set.Size;
        foreach (var drawing in chosen)
        {
            var source = set.Image(classId, drawing);
            foreach (var table in tables)
            {
                for (var p = 0; p < area; p++)
                {
                    target[p] = table[source[p]];
                }

                source = source[area..];
                target = target[area..];
            }
        }

        return part;
    }
}
