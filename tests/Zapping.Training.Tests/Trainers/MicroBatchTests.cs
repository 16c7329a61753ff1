using CsCheck;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

public sealed class MicroBatchTests
{
    [Fact]
    public void A_batch_in_parts_of_any_size_makes_the_same_step()
    {
        using var data = new ContinualTrainerTests.Data();
        var (whole, loss) = Train(data, trainer => trainer);
        Gen.Int[1, 12].Sample(size =>
        {
            var (parts, partsLoss) = Train(data, trainer => trainer.UseGradientAccumulation(size));
            parts.Zip(whole, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-14, "{0} at a time", size);
            partsLoss.Should().BeApproximately(loss, 1e-14);
        });
    }

    [Fact]
    public void Observers_see_the_whole_batch()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        var seen = new Seen();
        using var trainer = new ContinualTrainer(net, optimizer).UseGradientAccumulation(4).UseObserver(seen);
        using var expected = net.call(data.Inputs).detach();
        var loss = trainer.TrainStep(data.Inputs, data.Labels);

        seen.Outputs.Should().Equal(expected.data<float>().ToArray());
        seen.Loss.Should().Be(loss);
    }

    [Fact]
    public void A_loss_that_is_not_finite_in_one_part_updates_nothing()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer).UseGradientAccumulation(4);
        using var bad = data.Inputs.clone();
        bad[9] = float.NaN;
        var before = Nets.Bits(net);
        trainer.Invoking(t => t.TrainStep(bad, data.Labels)).Should().Throw<NonFiniteStepException>();
        Nets.Bits(net).Should().BeEquivalentTo(before);
        trainer.State.Steps.Should().Be(0);
        trainer.TrainStep(data.Inputs, data.Labels).Should().BeGreaterThan(0, "the bad gradients are gone");
    }

    [Fact]
    public void An_optimizer_that_evaluates_the_loss_itself_gets_it_in_parts_too()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.LBFGS(net.parameters(), 0.5, max_iter: 5, max_eval: 8);
        using var trainer = new ContinualTrainer(net, optimizer).UseGradientAccumulation(3);
        var first = trainer.TrainStep(data.Inputs, data.Labels);
        trainer.TrainStep(data.Inputs, data.Labels).Should().BeLessThan(first);
    }

    [Fact]
    public void Labels_of_another_number_and_sizes_below_one_are_refused()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer).UseGradientAccumulation(4);
        using var fewer = data.Labels.narrow(0, 0, 9);
        trainer.Invoking(t => t.TrainStep(data.Inputs, fewer)).Should().Throw<ArgumentException>().WithMessage("*10 inputs*[9]*");
        trainer.Invoking(t => t.UseGradientAccumulation(0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => TrainerExtensions.UseGradientAccumulation(null!, 1)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void Steps_leave_no_tensors()
    {
        using var data = new ContinualTrainerTests.Data();
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer).UseGradientAccumulation(4);
        trainer.TrainStep(data.Inputs, data.Labels);
        using var scope = NewDisposeScope();
        for (var i = 0; i < 10; i++)
        {
            trainer.TrainStep(data.Inputs, data.Labels);
        }

        scope.DisposablesCount.Should().Be(0);
    }

    private static (double[] Weights, double Loss) Train(ContinualTrainerTests.Data data, Func<ContinualTrainer, ContinualTrainer> configure)
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small(ScalarType.Float64);
        using var optimizer = optim.SGD(net.parameters(), 0.1, momentum: 0.9);
        using var trainer = configure(new ContinualTrainer(net, optimizer).UseGradientClipping(0.5));
        var inputs = data.Inputs.to(ScalarType.Float64);
        trainer.TrainStep(inputs, data.Labels);
        var loss = trainer.TrainStep(inputs, data.Labels);
        return ([.. net.parameters().SelectMany((Parameter p) => p.detach().reshape(-1).data<double>().ToArray())], loss);
    }

    private sealed class Seen : ITrainingObserver
    {
        public float[] Outputs { get; private set; } = [];

        public double Loss { get; private set; }

        public void OnStep(TrainingStep step) => (Outputs, Loss) = (step.Outputs!.data<float>().ToArray(), step.Loss);
    }
}
