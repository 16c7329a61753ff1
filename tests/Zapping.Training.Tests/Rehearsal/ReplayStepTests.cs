using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Rehearsal;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Rehearsal;

/// <summary>The buffer gets the batch of a step that was made, and of no other.</summary>
public sealed class ReplayStepTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_whose_step_failed_is_not_kept_by_the_next_step(bool isOfFit)
    {
        using var model = nn.Sequential(("head", nn.Linear(4, 3)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var buffer = new ReservoirBuffer(10);
        using var trainer = new ContinualTrainer(model, optimizer).UseReplay(buffer);
        var (inputs, labels) = (full(6, 4, float.NaN), zeros(6, int64));

        FluentActions.Invoking(() => _ = isOfFit ? trainer.Fit(new ShuffledBatches(inputs, labels, 3), 1).LastLoss : trainer.TrainStep(inputs, labels))
            .Should().Throw<NonFiniteStepException>();
        trainer.TrainStep(() => nn.functional.cross_entropy(model.call(ones(2, 4)), labels[..2])); // has no batch

        buffer.Count.Should().Be(0);
        trainer.TrainStep(ones(2, 4), labels[..2]);
        buffer.Count.Should().Be(2);
    }

    [Fact]
    public void A_batch_whose_forward_pass_failed_is_not_kept_by_the_next_step()
    {
        using var model = nn.Sequential(("head", nn.Linear(4, 3)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var buffer = new ReservoirBuffer(10);
        using var trainer = new ContinualTrainer(model, optimizer).UseReplay(buffer);

        FluentActions.Invoking(() => trainer.TrainStep(ones(2, 4), full(2, 7, int64))).Should().Throw<ArgumentException>("there is no unit 7");
        trainer.TrainStep(() => model.call(ones(2, 4)).square().mean());

        buffer.Count.Should().Be(0);
    }
}
