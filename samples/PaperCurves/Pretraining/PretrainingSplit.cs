using Zapping.Datasets;
using static TorchSharp.torch;

namespace PaperCurves.Pretraining;

/// <summary>Training and validation images of the pre-training classes, split class by class.</summary>
public sealed class PretrainingSplit : IDisposable
{
    /// <summary>Splits the training half of a data set.</summary>
    /// <param name="data">The data.</param>
    /// <param name="plan">How many classes, how many images of each train, and the seed that chooses them.</param>
    /// <param name="device">Where the tensors go.</param>
    public PretrainingSplit(ClassificationData data, PretrainingPlan plan, Device device)
    {
        var set = data.Training;
        var random = Seeds.Stream(plan.Seed, "pre-training split");
        var classes = Order(plan, set, random)[..plan.Classes];
        var orders = classes.Select(_ => random.Permutation(set.ImagesPerClass)).ToList();
        Training = Images.ToTensors(set, classes, [.. orders.Select(order => order[..plan.ImagesPerClass])], device);
        Validation = Images.ToTensors(set, classes, [.. orders.Select(order => order[plan.ImagesPerClass..])], device);
    }

    /// <summary>[n, channels, size, size] and [n].</summary>
    public (Tensor Inputs, Tensor Labels) Training { get; }

    /// <summary>[m, channels, size, size] and [m]; m is 0 if all images train.</summary>
    public (Tensor Inputs, Tensor Labels) Validation { get; }

    /// <summary>The classes that a plan leaves out of pre-training, on which choices may be made; empty if it takes all.</summary>
    public static int[] LeftOut(PretrainingPlan plan, ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Order(plan, set, Seeds.Stream(plan.Seed, "pre-training split"))[plan.Classes..];
    }

    private static int[] Order(PretrainingPlan plan, ImageSet set, Random random) => plan.Classes == set.ClassCount
        ? [.. Enumerable.Range(0, set.ClassCount)]
        : random.Permutation(set.ClassCount);

    /// <inheritdoc/>
    public void Dispose()
    {
        Training.Inputs.Dispose();
        Training.Labels.Dispose();
        Validation.Inputs.Dispose();
        Validation.Labels.Dispose();
    }
}
