using static TorchSharp.torch;

namespace PaperCurves.Data;

/// <summary>From bytes to tensors.</summary>
public static class Images
{
    /// <summary>
    /// The chosen drawings as [n, 1, size, size] in 0 (ink) to 1 (paper), class by class, and their labels [n]: the
    /// position of their class in <paramref name="classes"/>, as in the paper, where every data set counts from 0.
    /// </summary>
    /// <param name="set">Where the images are.</param>
    /// <param name="classes">Class ids of <paramref name="set"/>.</param>
    /// <param name="drawings">For each of these classes, which of its drawings.</param>
    /// <param name="device">Where the tensors go.</param>
    public static (Tensor Inputs, Tensor Labels) ToTensors(
        ImageSet set, IReadOnlyList<int> classes, IReadOnlyList<int[]> drawings, Device device)
    {
        var pixels = set.Size * set.Size;
        var count = drawings.Sum(chosen => chosen.Length);
        var values = new float[count * pixels];
        var labels = new long[count];
        var i = 0;
        for (var position = 0; position < classes.Count; position++)
        {
            foreach (var drawing in drawings[position])
            {
                labels[i] = position;
                var target = values.AsSpan(i++ * pixels, pixels);
                var source = set.Image(classes[position], drawing);
                for (var p = 0; p < pixels; p++)
                {
                    target[p] = source[p] / 255f;
                }
            }
        }

        return (tensor(values, [count, 1, set.Size, set.Size], device: device), tensor(labels, device: device));
    }
}
