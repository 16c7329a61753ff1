using TorchSharp.Modules;

namespace Zapping.Plasticity.Problems;

/// <summary>
/// Label-permuted images, online: every task permutes the labels of 5000 images, and shows each image once. The features stay valid, and the classifier alone is wrong. A small form of the problem of
/// Elsayed and Mahmood 2024.
/// </summary>
/// <param name="images">From which the images of each task are drawn.</param>
public sealed class PermutedLabels(ImageTable images) : PlasticityProblem("permuted-labels", "the labels of all classes are permuted", tasks: 80)
{
    private const int Examples = 5_000;
    private const int BatchSize = 16;

    /// <inheritdoc/>
    public override int StepsPerTask => Examples / BatchSize;

    /// <inheritdoc/>
    public override PlasticityTask Task(ulong seed, int index)
    {
        var chosen = Draws.Permutation(images.Inputs.size(0), seed, "images", index).narrow(0, 0, Examples);
        var labels = Draws.Permutation(images.Classes, seed, "labels", index).index_select(0, images.Labels.index_select(0, chosen));
        return new(images.Inputs.index_select(0, chosen), labels, BatchSize, Epochs: 1);
    }

    private protected override Sequential Build() => Perceptron(images.Inputs.size(1), images.Classes);
}
