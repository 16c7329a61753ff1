using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Zapping.Plasticity.Problems;

/// <summary>
/// Some classes of images after others, with a small convolutional network; what is measured is test accuracy on the classes of the task. Classes do not come again until all have been used.
/// The classifier is not reset between tasks, unless the policy does it.
/// </summary>
public abstract class ClassGroups : PlasticityProblem
{
    private readonly ImageTable _images;
    private readonly int _classes;
    private readonly int _batchSize;
    private readonly int _epochs;

    private protected ClassGroups(string name, string description, int tasks, ImageTable images, int classes, int batchSize, int epochs)
        : base(name, description, tasks)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.TestInputs is null || images.Classes < classes || images.Inputs.dim() != 4)
        {
            throw new ArgumentException($"{name} needs images [n, channels, height, width] of at least {classes} classes, and test images; {images.Name} has {images.Classes} classes{(images.TestInputs is null ? ", and no test images" : "")}.", nameof(images));
        }

        (_images, _classes, _batchSize, _epochs) = (images, classes, batchSize, epochs);
    }

    /// <inheritdoc/>
    public override PlasticityMeasure Measure => PlasticityMeasure.FinalAccuracy;

    /// <inheritdoc/>
    public override int StepsPerTask => (int)(_images.Inputs.size(0) / _images.Classes * _classes / _batchSize) * _epochs;

    /// <inheritdoc/>
    public override PlasticityTask Task(ulong seed, int index)
    {
        var (round, group) = Math.DivRem(index, _images.Classes / _classes);
        var classes = Draws.Permutation(_images.Classes, seed, "classes", round).narrow(0, _classes * group, _classes);
        var (inputs, labels) = ClassSubset.Of(_images.Inputs, _images.Labels, classes);
        return new(inputs, labels, _batchSize, _epochs) { Final = ClassSubset.Of(_images.TestInputs!, _images.TestLabels!, classes) };
    }

    private protected override Sequential Build()
    {
        var (channels, height, width) = (_images.Inputs.size(1), _images.Inputs.size(2), _images.Inputs.size(3));
        return Sequential(
            ("conv1", Conv2d(channels, 16, 3, padding: 1)), ("relu1", ReLU()), ("pool1", MaxPool2d(2)),
            ("conv2", Conv2d(16, 32, 3, padding: 1)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
            ("conv3", Conv2d(32, 64, 3, padding: 1)), ("relu3", ReLU()), ("pool3", MaxPool2d(2)),
            ("flatten", Flatten()), ("hidden1", Linear(64 * (height / 8) * (width / 8), 64)), ("relu4", ReLU()), ("hidden2", Linear(64, 64)), ("relu5", ReLU()), ("head", Linear(64, _classes)));
    }
}
