using PaperCurves.Data;
using static TorchSharp.torch;

namespace PaperCurves.Experiments;

/// <summary>Training and validation images of the pre-training classes, split class by class.</summary>
public sealed class PretrainingSplit : IDisposable
{
    /// <summary>Splits the training half of a data set.</summary>
    /// <param name="data">The data.</param>
    /// <param name="preset">How many classes, and how many images of each train.</param>
    /// <param name="seed">Which classes, if not all, and which images train.</param>
    /// <param name="device">Where the tensors go.</param>
    public PretrainingSplit(ClassificationData data, Preset preset, ulong seed, Device device)
    {
        var set = data.Training;
        var random = Seeds.Stream(seed, "pre-training split");
        var classes = preset.TrainingClasses == set.ClassCount
            ? [.. Enumerable.Range(0, set.ClassCount)]
            : random.Permutation(set.ClassCount)[..preset.TrainingClasses];
        var orders = classes.Select(_ => random.Permutation(set.ImagesPerClass)).ToList();
        Training = Images.ToTensors(set, classes, [.. orders.Select(order => order[..preset.ImagesPerClass])], device);
        Validation = Images.ToTensors(set, classes, [.. orders.Select(order => order[preset.ImagesPerClass..])], device);
    }

    /// <summary>[n, 1, size, size] and [n].</summary>
    public (Tensor Inputs, Tensor Labels) Training { get; }

    /// <summary>[m, 1, size, size] and [m]; m is 0 if all images train.</summary>
    public (Tensor Inputs, Tensor Labels) Validation { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Training.Inputs.Dispose();
        Training.Labels.Dispose();
        Validation.Inputs.Dispose();
        Validation.Labels.Dispose();
    }
}
