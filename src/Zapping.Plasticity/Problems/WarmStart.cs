using TorchSharp.Modules;

namespace Zapping.Plasticity.Problems;

/// <summary>
/// Warm start: 20 classes of images are learned from half of the training images, then from all, each until 99 % of them are recognized or 60 passes are over, with a new optimizer. It is generalization that
/// suffers: test accuracy ends below that of a new network. A small form of the problem of Ash and Adams 2020.
/// </summary>
/// <param name="images">With test images, of at least 20 classes.</param>
public sealed class WarmStart(ImageTable images) : PlasticityProblem("warm-start", "half of the images come first, then all", tasks: 2)
{
    private const int Classes = 20;
    private const int BatchSize = 50;
    private const int Epochs = 60;

    /// <inheritdoc/>
    public override int StepsPerTask => (int)(images.Inputs.size(0) / images.Classes * Classes / 2 / BatchSize) * Epochs;

    /// <inheritdoc/>
    public override bool NewOptimizerPerTask => true;

    /// <inheritdoc/>
    public override PlasticityMeasure Measure => PlasticityMeasure.FinalAccuracy;

    /// <inheritdoc/>
    public override double SgdRate => 0.05;

    /// <inheritdoc/>
    public override PlasticityTask Task(ulong seed, int index)
    {
        var classes = Draws.Permutation(images.Classes, seed, "classes", 0).narrow(0, 0, Classes);
        var (inputs, labels) = ClassSubset.Of(images.Inputs, images.Labels, classes);
        var order = Draws.Permutation(labels.size(0), seed, "halves", 0);
        var shown = index == 0 ? order.narrow(0, 0, order.size(0) / 2) : order;
        var (testInputs, testLabels) = ClassSubset.Of(images.TestInputs!, images.TestLabels!, classes);
        return new(inputs.index_select(0, shown).flatten(1), labels.index_select(0, shown), BatchSize, Epochs)
        {
            Final = (testInputs.flatten(1), testLabels),
            EnoughAccuracy = 0.99,
        };
    }

    private protected override Sequential Build() => Perceptron(images.Inputs.shape.Skip(1).Aggregate((a, b) => a * b), Classes);
}
