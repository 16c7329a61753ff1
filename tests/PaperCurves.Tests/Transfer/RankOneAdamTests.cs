using FluentAssertions;
using PaperCurves.Transfer;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace PaperCurves.Tests.Transfer;

public sealed class RankOneAdamTests
{
    [Theory]
    [InlineData(24, 7)]
    [InlineData(37, 50)] // neither a multiple of the vector length
    public void Steps_equal_those_of_the_trainer_with_fused_Adam(int width, int units)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3UL);
        var fast = Linear(width, units);
        var reference = Linear(width, units);
        using (no_grad())
        {
            reference.weight.copy_(fast.weight);
            reference.bias!.copy_(fast.bias!);
        }

        var features = rand([40, width], generator: generator);
        using var fastLearner = new RankOneAdam(fast, 1e-2);
        using var referenceLearner = new TrainerHeadLearner(reference, 1e-2);
        foreach (var learner in new HeadLearner[] { fastLearner, referenceLearner })
        {
            for (var label = 0; label < 5; label++)
            {
                learner.Learn(features, label * 8, 8, label);
            }
        }

        (fast.weight - reference.weight).abs().max().item<float>().Should().BeLessThan(2e-5f);
        (fast.bias! - reference.bias!).abs().max().item<float>().Should().BeLessThan(2e-5f);
        (fast.weight - reference.weight).abs().mean().item<float>().Should().BeLessThan(1e-6f);
    }
}
