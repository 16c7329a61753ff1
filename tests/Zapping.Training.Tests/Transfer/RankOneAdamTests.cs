using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

public sealed class RankOneAdamTests
{
    [Theory]
    [InlineData(24, 7, 7)]
    [InlineData(37, 50, 50)] // neither a multiple of the vector length
    [InlineData(24, 9, 6)] // not all units compete
    public void Steps_equal_those_of_the_trainer_with_fused_Adam(int width, int units, int competing)
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
        using var learner = new RankOneAdam(fast, competing, 1e-2);
        using var optimizer = new FusedAdam(reference.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(
            reference, optimizer, (outputs, labels) => functional.cross_entropy(outputs.narrow(1, 0, competing), labels));
        for (var label = 0; label < 5; label++)
        {
            learner.Learn(features, label * 8, 8, label);
            trainer.Fit([new TrainingTask(new ClassExamples(label, features.narrow(0, label * 8, 8)))], batchSize: 1);
        }

        learner.Steps.Should().Be(40);
        (fast.weight - reference.weight).abs().max().item<float>().Should().BeLessThan(2e-5f);
        (fast.bias! - reference.bias!).abs().max().item<float>().Should().BeLessThan(2e-5f);
        (fast.weight - reference.weight).abs().mean().item<float>().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void What_cannot_be_reached_as_it_is_expected_is_not_learned_by_it()
    {
        using var scope = NewDisposeScope();
        var features = rand(5, 4);
        RankOneAdam.CanLearn(Linear(4, 3), features).Should().BeTrue();
        RankOneAdam.CanLearn(Linear(4, 3, hasBias: false), features).Should().BeFalse();
        RankOneAdam.CanLearn(Linear(4, 3, dtype: ScalarType.Float64), features).Should().BeFalse();
        var frozen = Linear(4, 3);
        frozen.weight.requires_grad = false;
        RankOneAdam.CanLearn(frozen, features).Should().BeFalse();
        RankOneAdam.CanLearn(Linear(4, 3), rand(4, 5).t()).Should().BeFalse("rows must lie together");
        RankOneAdam.CanLearn(Linear(4, 3), rand(5, 3)).Should().BeFalse();
        RankOneAdam.CanLearn(Linear(4, 3), rand(5, 2, 4)).Should().BeFalse();
    }

    [Fact]
    public void Examples_that_do_not_lie_together_are_learned_all_the_same()
    {
        using var scope = NewDisposeScope();
        using var together = new TransferTask(arange(24, ScalarType.Float32).reshape(6, 4) / 24, rand(6, 4), 3);
        using var apart = new TransferTask(together.Support.t().contiguous().t(), together.Query.clone(), 3);
        var (first, second) = (Linear(4, 3), Linear(4, 3));

        SequentialTransfer.Run(first, together);
        SequentialTransfer.Run(second, apart);

        (first.weight - second.weight).abs().max().item<float>().Should().BeLessThan(1e-6f);
    }
}
