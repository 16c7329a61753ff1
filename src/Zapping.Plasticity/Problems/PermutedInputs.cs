using TorchSharp.Modules;

namespace Zapping.Plasticity.Problems;

/// <summary>
/// Input-permuted images, online: every task permutes the pixels of 10,000 images in a way of its own, and shows each image once. A small form of the problem of Dohare et al. 2024 and Kumar et al. 2023.
/// </summary>
/// <param name="images">From which the images of each task are drawn.</param>
/// <param name="centered">Whether inputs run from -1 to 1, where many more units die at once; default: from 0 to 1.</param>
public sealed class PermutedInputs(ImageTable images, bool centered = false)
    : PlasticityProblem(centered ? "permuted-inputs-centered" : "permuted-inputs", "the pixels of all images are permuted", tasks: 80)
{
    private const int Examples = 10_000;
    private const int BatchSize = 16;

    /// <inheritdoc/>
    public override int StepsPerTask => Examples / BatchSize;

    /// <inheritdoc/>
    public override PlasticityTask Task(ulong seed, int index)
    {
        var chosen = Draws.Permutation(images.Inputs.size(0), seed, "images", index).narrow(0, 0, Examples);
        var inputs = images.Inputs.index_select(0, chosen).index_select(1, Draws.Permutation(images.Inputs.size(1), seed, "pixels", index));
        return new(centered ? (inputs * 2) - 1 : inputs, images.Labels.index_select(0, chosen), BatchSize, Epochs: 1);
    }

    private protected override Sequential Build() => Perceptron(images.Inputs.size(1), images.Classes);
}
