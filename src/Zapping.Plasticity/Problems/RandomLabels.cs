using TorchSharp.Modules;

namespace Zapping.Plasticity.Problems;

/// <summary>
/// Random labels, memorized: 400 images get new random labels in every task, and are learned by heart in 40 passes. Nothing can be transferred, so each task costs a new network the same: it is
/// plasticity alone that is measured. A small form of the problem of Lyle et al. 2023 and Kumar et al. 2023.
/// </summary>
/// <param name="images">From which the images are drawn.</param>
public sealed class RandomLabels(ImageTable images) : PlasticityProblem("random-labels", "400 images get random labels, to be learned by heart", tasks: 30)
{
    private const int Labels = 10;
    private const int Examples = 400;
    private const int BatchSize = 16;
    private const int Epochs = 40;

    /// <inheritdoc/>
    public override int StepsPerTask => Examples / BatchSize * Epochs;

    /// <inheritdoc/>
    public override double SgdRate => 0.1;

    /// <inheritdoc/>
    public override PlasticityTask Task(ulong seed, int index)
    {
        var chosen = Draws.Permutation(images.Inputs.size(0), seed, "images", 0).narrow(0, 0, Examples);
        var (inputs, labels) = (images.Inputs.index_select(0, chosen), Draws.Numbers(Examples, Labels, seed, "labels", index));
        return new(inputs, labels, BatchSize, Epochs) { Final = (inputs, labels) };
    }

    private protected override Sequential Build() => Perceptron(images.Inputs.size(1), Labels);
}
