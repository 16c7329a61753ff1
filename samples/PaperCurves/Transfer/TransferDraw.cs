using PaperCurves.Data;
using PaperCurves.Experiments;
using static TorchSharp.torch;

namespace PaperCurves.Transfer;

/// <summary>
/// One trial's draw: which unseen classes in which order, and which of their drawings are support (shown) and which
/// query (tested). It depends on the trial alone, so every network and learning rate meets the same draws.
/// </summary>
public sealed class TransferDraw : IDisposable
{
    private const ulong PublishedSeed = 12345;

    /// <summary>Draws.</summary>
    /// <param name="set">The transfer half of a data set.</param>
    /// <param name="preset">How many classes, support and query images.</param>
    /// <param name="trial">Which draw, counted from 0.</param>
    /// <param name="device">Where the tensors go.</param>
    public TransferDraw(ImageSet set, Preset preset, int trial, Device device)
    {
        var random = Seeds.Stream(PublishedSeed, "transfer draw", trial);
        var classes = random.Permutation(set.ClassCount)[..preset.TransferClasses];
        var orders = classes.Select(_ => random.Permutation(set.ImagesPerClass)).ToList();
        Trial = trial;
        ClassCount = classes.Length;
        Support = Images.ToTensors(set, classes, [.. orders.Select(order => order[..preset.SupportImages])], device);
        Query = Images.ToTensors(
            set, classes, [.. orders.Select(order => order[preset.SupportImages..(preset.SupportImages + preset.QueryImages)])], device);
    }

    /// <summary>Which draw, counted from 0.</summary>
    public int Trial { get; }

    /// <summary>Number of classes; class p of the order has label p.</summary>
    public int ClassCount { get; }

    /// <summary>Images [classes * support, channels, size, size] and labels, in the order of presentation.</summary>
    public (Tensor Inputs, Tensor Labels) Support { get; }

    /// <summary>Images [classes * query, channels, size, size] and labels, class by class in the same order.</summary>
    public (Tensor Inputs, Tensor Labels) Query { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Support.Inputs.Dispose();
        Support.Labels.Dispose();
        Query.Inputs.Dispose();
        Query.Labels.Dispose();
    }
}
