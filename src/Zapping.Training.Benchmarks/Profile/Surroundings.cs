using Zapping.Training.Data;
using Zapping.Training.Initializers;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>What a training pays for besides its steps, and what each step pays for being many small calls.</summary>
/// <param name="width">Filters per convolution.</param>
/// <param name="repetitions">How often each is done at least.</param>
internal sealed class Surroundings(int width, int repetitions)
{
    public IEnumerable<StepPart> Parts() => [.. Optimizers(), .. Noise(), Data(), .. Calls()];

    private IEnumerable<StepPart> Optimizers() =>
        Adams.All.Select(adam => new StepPart($"a step of {adam.Name}", OptimizerStep.Milliseconds(adam.Make, width, repetitions)));

    private IEnumerable<StepPart> Noise()
    {
        using var head = empty([HeadShape.Paper.Units, HeadShape.Paper.Inputs], device: Machine.Device);
        yield return Part("normal noise for 1000 x 2304, libtorch's normal_", () => head.normal_());
        yield return Part("the same, the library's ResetNoise", () => new ResetNoise(0, 0, "head").Normal(head));
    }

    // The paper's Omniglot: 964 classes, 15 images each.
    private StepPart Data()
    {
        using var images = rand(964 * 15, 1, 28, 28, device: Machine.Device);
        using var labels = zeros(964 * 15, int64, Machine.Device);
        var source = new ShuffledBatches(images, labels, 256);
        var epoch = Part("a batch of 256 images from ShuffledBatches", () =>
        {
            foreach (var batch in source.Epoch(0))
            {
                batch.Inputs.Dispose();
                batch.Labels.Dispose();
            }
        });
        return epoch with { Milliseconds = epoch.Milliseconds / source.BatchesPerEpoch!.Value };
    }

    private IEnumerable<StepPart> Calls()
    {
        using var one = ones(1, device: Machine.Device);
        yield return Part("an operation on one element", () => one.neg().Dispose());
        yield return Part("the same in a dispose scope", () =>
        {
            using var scope = NewDisposeScope();
            one.neg();
        });
    }

    private StepPart Part(string name, Action piece) => new(name, Times.WarmMedian(repetitions, piece));
}
