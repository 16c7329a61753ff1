using Zapping.Continual.Tasks;
using Zapping.Datasets;
using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests;

/// <summary>Ten drawn characters in five tasks of two: 14 drawings of each are learned, and 6 asked for.</summary>
internal sealed class Glyphs
{
    private const int Size = 14;

    public Glyphs(int classes = 10, int perTask = 2)
    {
        var (images, labels) = Images.ToTensors(LabeledImages.Of(SyntheticGlyphs.Create(classes, 1, Size, seed: 3).Training), CPU);
        var drawing = arange(images.size(0)).remainder(20);
        Train = Part(images, labels, drawing.lt(14));
        Test = Part(images, labels, drawing.ge(14));
        Tasks = TaskSplit.Of(Train, perTask, perTask, seed: 1);
        Queries = TaskSplit.Queries(Test, Tasks);
    }

    public LabeledBatch Train { get; }

    public LabeledBatch Test { get; }

    public IReadOnlyList<IncrementalTask> Tasks { get; }

    public IReadOnlyList<LabeledBatch> Queries { get; }

    public static nn.Module<Tensor, Tensor> Network(int units = 1, int hidden = 64)
    {
        random.manual_seed(5);
        return nn.Sequential(("body", nn.Linear(Size * Size, hidden)), ("relu", nn.ReLU()), ("head", nn.Linear(hidden, units)));
    }

    private static LabeledBatch Part(Tensor images, Tensor labels, Tensor chosen) => new((1 - images).flatten(1)[chosen], labels[chosen]);
}
