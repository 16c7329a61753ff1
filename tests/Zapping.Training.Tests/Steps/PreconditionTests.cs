using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Steps;

/// <summary>What training needs is checked where it is asked for, before anything is signaled or written.</summary>
public sealed class PreconditionTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly Sequential _net = Nets.Small();
    private readonly Tensor _inputs = rand(12, 6);
    private readonly Tensor _labels = arange(12).remainder(3);

    public void Dispose()
    {
        _net.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("no_grad")]
    [InlineData("inference_mode")]
    public void Gradients_that_are_switched_off(string how)
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var continual = new ContinualTrainer(_net, sgd).UseZapping(every: TaskBoundary, zap => zap.Head = Nets.Head);
        using var asb = new AsbTrainer(_net, sgd);
        var episodes = new EpisodeSampler(new LabeledBatch(_inputs, _labels), new EpisodeOptions { InnerExamples = 2, RememberExamples = 3 });
        using var task = TransferTask.Create(
            new TransferSampler([4, 4, 4], new TransferSamplerOptions { Classes = 3, SupportExamples = 2, QueryExamples = 2 }).Draw(0), new LabeledBatch(_inputs, _labels));
        var before = Nets.Bits(_net);
        using (IDisposable off = how == "no_grad" ? no_grad() : inference_mode())
        {
            foreach (var act in new Action[]
            {
                () => continual.Fit(new ShuffledBatches(_inputs, _labels, 4), 1),
                () => continual.Fit([new TrainingTask(new ClassExamples(1, _inputs))], batchSize: 1),
                () => continual.TrainStep(_inputs, _labels),
                () => asb.Fit(episodes, 1),
                () => asb.TrainEpisode(episodes.Episode(0)),
                () => IidTransfer.Run(_net, task, new IidTransferOptions { Head = Nets.Head }),
                () => SequentialTransfer.Run(_net, task, new SequentialTransferOptions { Head = Nets.Head }),
            })
            {
                act.Should().Throw<InvalidOperationException>().WithMessage($"Gradients are switched off around this call ({how})*nothing was changed*");
            }
        }

        Nets.Bits(_net).Should().BeEquivalentTo(before);
        continual.State.Should().Be(new TrainerState(0, 0, 0, 0));
        asb.State.Should().Be(new TrainerState(0, 0, 0, 0));
    }

    [Fact]
    public void A_parameter_in_two_optimizers_or_twice_in_one_or_in_none()
    {
        Refused([optim.SGD(_net.parameters(), 0.1), optim.Adam(_net.parameters().Skip(2), 0.1)], "Two optimizers hold 'head.weight': SGD and Adam.*");
        Refused([optim.SGD(_net.parameters().Concat(_net.parameters().Take(1)), 0.1)], "The optimizer SGD holds 'body.weight' twice*");
        Refused([optim.SGD([new Parameter(rand(3))], 0.1)], "No optimizer holds a parameter of the model*");
        using var beside = optim.SGD([new Parameter(rand(3))], 0.1); // such as the centers of a loss
        using var own = optim.SGD(_net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(_net, [own, beside]);
        trainer.TrainStep(_inputs, _labels).Should().BePositive();
    }

    [Fact]
    public void A_parameter_that_was_exchanged_after_the_optimizer_or_the_trainer_was_made()
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(_net, sgd);
        _net.to(ScalarType.Float64);
        trainer.Invoking(t => t.Fit(new ShuffledBatches(_inputs.to(ScalarType.Float64), _labels, 4), 1)).Should().Throw<Exception>()
            .Which.Should().BeOfType<ArgumentException>().Which.Message.Should().Contain("ake the optimizer");
        trainer.State.Should().Be(new TrainerState(0, 0, 0, 0));
    }

    [Fact]
    public void A_scheduler_that_waits_for_a_metric_is_refused_without_one_and_works_with_one_through_a_resume()
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(_net, sgd);
        trainer.Invoking(t => t.UseLearningRateScheduler(optim.lr_scheduler.ReduceLROnPlateau(sgd))).Should().Throw<ArgumentException>().WithMessage("*waits for a number to improve*metric*");

        var whole = Rates(stopAfter: null);
        whole.Should().Equal(0.1, 0.05, 0.025, 0.0125, 0.00625);
        Rates(stopAfter: 3).Should().Equal(whole);

        List<double> Rates(int? stopAfter)
        {
            var folder = Directory.CreateTempSubdirectory("zapping-plateau-");
            var rates = new List<double>();
            var epochs = 0;
            while (epochs < 5)
            {
                using var net = Nets.Small();
                using var optimizer = optim.SGD(net.parameters(), 0.1);
                using var store = new CheckpointStore(folder.FullName);
                using var fit = new ContinualTrainer(net, optimizer)
                    .UseLearningRateScheduler(optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.5, patience: 0), () => 1 + (epochs / 1000.0));
                store.Resume(fit);
                for (var stop = epochs == 0 ? stopAfter ?? 5 : 5; epochs < stop; epochs++)
                {
                    fit.Fit(new ShuffledBatches(_inputs, _labels, 4), 1);
                    rates.Add(optimizer.ParamGroups.Single().LearningRate);
                }

                store.Save(fit);
            }

            folder.Delete(recursive: true);
            return rates;
        }
    }

    [Theory]
    [InlineData("class weights")]
    [InlineData("ignored labels")]
    [InlineData("a sum")]
    public void Parts_of_a_batch_that_do_not_add_up_to_it(string loss)
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var weights = tensor(new[] { 0.1f, 5f, 1f, 1f, 1f, 1f, 1f, 1f });
        using var labels = tensor(new long[] { 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, loss == "ignored labels" ? -100 : 2, loss == "ignored labels" ? -100 : 2 });
        using var trainer = new ContinualTrainer(_net, sgd, loss switch
        {
            "class weights" => (o, l) => functional.cross_entropy(o, l, weight: weights),
            "a sum" => (o, l) => functional.cross_entropy(o, l, reduction: Reduction.Sum),
            _ => null,
        }).UseGradientAccumulation(4);
        var before = Nets.Bits(_net);
        trainer.Invoking(t => t.TrainStep(_inputs, labels)).Should().Throw<InvalidOperationException>().WithMessage("Taken in parts, the batch has a loss of*and*as a whole*");
        Nets.Bits(_net).Should().BeEquivalentTo(before);
    }

    [Theory]
    [InlineData("Int32", "*labels*Int64*but the labels are [[]4] of type Int32*")]
    [InlineData("floats", "*the labels are [[]4] of type Float32*")]
    [InlineData("beyond", "Class 8 has no unit: the model's outputs are for 8 classes, 0 to 7.*HeadGrowth.Grow*")]
    public void Labels_that_are_no_units_of_the_classifier(string what, string message)
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(_net, sgd).UseZapping(EpochBoundary, new ZapOptions { Head = Nets.Head, Units = UnitSelection.All });
        var before = Nets.Bits(_net);
        using var labels = what switch
        {
            "Int32" => _labels.to(ScalarType.Int32),
            "floats" => _labels.to(ScalarType.Float32),
            _ => _labels + 6,
        };
        trainer.Invoking(t => t.Fit(new ShuffledBatches(_inputs, labels, 4), 1)).Should().Throw<ArgumentException>().WithMessage(message.Replace("[[]4]", "*", StringComparison.Ordinal));
        trainer.Invoking(t => t.TrainStep(_inputs.narrow(0, 0, 4), labels.narrow(0, 8, 4))).Should().Throw<ArgumentException>().WithMessage(message.Replace("[[]4]", "*", StringComparison.Ordinal));
        Nets.Bits(_net).Should().BeEquivalentTo(before, "nothing was reset either");
        trainer.State.Epochs.Should().Be(0);
    }

    [Fact]
    public void Probabilities_and_what_a_loss_of_ones_own_takes_are_labels_too()
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var soft = functional.one_hot(_labels, 8).to(ScalarType.Float32);
        using var one = new ContinualTrainer(_net, sgd);
        one.Fit(new ShuffledBatches(_inputs, soft, 4), 1).Steps.Should().Be(3);
        using var two = new ContinualTrainer(_net, sgd, (o, l) => functional.binary_cross_entropy_with_logits(o, l));
        two.Fit(new ShuffledBatches(_inputs, soft, 4), 1).Steps.Should().Be(3);
    }

    [Theory]
    [InlineData("no classes", "Task 0 has no classes.*")]
    [InlineData("no examples", "Task 0 has a class 2 with examples [[]0, 6]*Leave out a class that has none.*")]
    [InlineData("a negative class", "Task 0 has a class -1 *")]
    [InlineData("a class beyond the head", "Class 8 has no unit*")]
    public void Tasks_that_cannot_be_learned(string what, string message)
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(_net, sgd).UseZapping(every: ClassBoundary, zap => zap.Head = Nets.Head);
        var task = what switch
        {
            "no classes" => new TrainingTask(),
            "no examples" => new TrainingTask(new ClassExamples(1, _inputs), new ClassExamples(2, _inputs.narrow(0, 0, 0))),
            "a negative class" => new TrainingTask(new ClassExamples(-1, _inputs)),
            _ => new TrainingTask(new ClassExamples(1, _inputs), new ClassExamples(8, _inputs)),
        };
        var before = Nets.Bits(_net);
        trainer.Invoking(t => t.Fit([task], batchSize: 1)).Should().Throw<ArgumentException>().WithMessage(message.Replace("[[]", "*", StringComparison.Ordinal));
        Nets.Bits(_net).Should().BeEquivalentTo(before);
        trainer.State.Should().Be(new TrainerState(0, 0, 0, 0));
    }

    [Fact]
    public void A_class_that_comes_twice_in_a_task_counts_once()
    {
        using var sgd = optim.SGD(_net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(_net, sgd).UseZapping(every: TaskBoundary, zap => zap.Head = Nets.Head);
        var rows = new List<string>();
        trainer.Schedulers[0].ResetCompleted += report => rows.Add($"{report.Parameters.Single().Slice}");
        trainer.Fit([new TrainingTask(new ClassExamples(1, _inputs), new ClassExamples(2, _inputs), new ClassExamples(1, _inputs))], batchSize: 1).Steps.Should().Be(36);
        rows.Should().Equal("rows 1, 2");
    }

    private void Refused(optim.Optimizer[] optimizers, string message)
    {
        FluentActions.Invoking(() => new ContinualTrainer(_net, optimizers)).Should().Throw<ArgumentException>().WithMessage(message);
        Array.ForEach(optimizers, optimizer => optimizer.Dispose());
    }
}
