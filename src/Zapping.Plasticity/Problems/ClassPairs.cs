using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Zapping.Plasticity.Problems;

/// <summary>
/// Pairs of classes of natural images, one after the other, with a small convolutional network; what is measured is test accuracy on the pair. Pairs do not repeat until all classes have been used. A small form of
/// Continual ImageNet of Dohare et al. 2024. The classifier is not reset between pairs, unless the policy does it.
/// </summary>
/// <param name="images">[n, 3, 16, 16], with test images, of an even number of classes.</param>
public sealed class ClassPairs(ImageTable images) : PlasticityProblem("class-pairs", "each task is another pair of classes", tasks: 60)
{
    private const int BatchSize = 50;
    private const int Epochs = 5;

    /// <inheritdoc/>
    public override int StepsPerTask => 1000 / BatchSize * Epochs;

    /// <inheritdoc/>
    public override double AdamRate => 3e-3;

    /// <inheritdoc/>
    public override double SgdRate => 0.1;

    /// <inheritdoc/>
    public override PlasticityTask Task(ulong seed, int index)
    {
        var (round, pair) = Math.DivRem(index, images.Classes / 2);
        var classes = Draws.Permutation(images.Classes, seed, "classes", round).narrow(0, 2 * pair, 2);
        var (inputs, labels) = ClassSubset.Of(images.Inputs, images.Labels, classes);
        return new(inputs, labels, BatchSize, Epochs) { Final = ClassSubset.Of(images.TestInputs!, images.TestLabels!, classes) };
    }

    private protected override Sequential Build() => Sequential(
        ("conv1", Conv2d(3, 16, 3, padding: 1)), ("relu1", ReLU()), ("pool1", MaxPool2d(2)),
        ("conv2", Conv2d(16, 32, 3, padding: 1)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
        ("conv3", Conv2d(32, 64, 3, padding: 1)), ("relu3", ReLU()), ("pool3", MaxPool2d(2)),
        ("flatten", Flatten()), ("hidden1", Linear(256, 64)), ("relu4", ReLU()), ("hidden2", Linear(64, 64)), ("relu5", ReLU()), ("head", Linear(64, 2)));
}
