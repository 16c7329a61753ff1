using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Optimizers;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

public sealed class TransferTests
{
    private const int Classes = 7;

    public static TheoryData<string> Protocols => ["sequential", "iid"];

    [Fact]
    public void Sequential_transfer_is_evaluated_after_the_first_class_then_periodically_and_at_the_end_on_the_classes_seen()
    {
        using var scope = NewDisposeScope();
        using var task = Task();

        var result = SequentialTransfer.Run(Nets.Small(), task, new SequentialTransferOptions { Head = Nets.Head, EvaluationPeriod = 3 });

        result.Evaluations.Select(evaluation => evaluation.ClassesSeen).Should().Equal(1, 3, 6, 7);
        result.Evaluations.Select(evaluation => evaluation.Steps).Should().Equal(4, 12, 24, 28);
        result.Final.Should().BeSameAs(result.Evaluations[^1]);
        foreach (var evaluation in result.Evaluations)
        {
            evaluation.Query.Hits.Should().HaveCount(evaluation.ClassesSeen).And.OnlyContain(hits => hits >= 0 && hits <= 2);
            evaluation.Support!.Hits.Should().HaveCount(evaluation.ClassesSeen).And.OnlyContain(hits => hits >= 0 && hits <= 4);
            evaluation.Query.TopFiveHits.Zip(evaluation.Query.Hits).Should().OnlyContain(pair => pair.First >= pair.Second);
        }
    }

    [Fact]
    public void Iid_transfer_is_evaluated_at_the_steps_asked_for_and_after_the_last()
    {
        using var scope = NewDisposeScope();
        using var task = Task();

        var result = IidTransfer.Run(
            Nets.Small(), task, new IidTransferOptions { Head = Nets.Head, BatchSize = 10, Epochs = 2, EvaluationSteps = [1, 4, 99] });

        result.Evaluations.Select(evaluation => evaluation.Steps).Should().Equal(1, 4, 6); // 28 examples: 3 steps an epoch
        result.Evaluations.Should().OnlyContain(evaluation => evaluation.ClassesSeen == Classes);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Training_the_classifier_on_features_equals_training_it_in_the_network(string protocol)
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var fast = Nets.Small();
        var slow = Nets.Small();

        var onFeatures = Run(protocol, fast, task, TrainableParameters.Head);
        var inNetwork = Run(protocol, slow, task, TrainableParameters.From(ParameterFilter.WithPrefix("head.")));

        onFeatures.Evaluations.Should().BeEquivalentTo(inNetwork.Evaluations);
        (Nets.HeadOf(fast).weight - Nets.HeadOf(slow).weight).abs().max().item<float>().Should().BeLessThan(1e-4f);
        Nets.Bits(fast.parameters().First()).Should().Equal(Nets.Bits(Nets.Small().parameters().First()), "the rest stands still");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_classifier_with_something_behind_it_is_trained_in_the_network(string protocol)
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var head = Linear(6, 8);
        using var net = Sequential(("head", head), ("sharpen", new Times(3)));
        using var body = Sequential(("head", Linear(6, 8)), ("sharpen", new Times(3)));
        using (no_grad())
        {
            foreach (var (its, mine) in body.parameters().Zip(net.parameters()))
            {
                its.copy_(mine);
            }
        }

        var result = Run(protocol, net, task, TrainableParameters.Head);

        result.Should().BeEquivalentTo(Run(protocol, body, task, TrainableParameters.All), "the classifier is all that there is to train");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Mode_and_gradients_are_as_before_and_only_the_trained_parameters_have_moved(string protocol)
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var net = Nets.Small();
        net.train();
        var frozen = net.named_parameters().Single(p => p.name == "body.bias").parameter;
        frozen.requires_grad = false;
        var before = net.named_parameters().ToDictionary(p => p.name, p => Nets.Bits(p.parameter), StringComparer.Ordinal);

        Run(protocol, net, task, TrainableParameters.From(ParameterFilter.WithPrefix("body.")));

        net.training.Should().BeTrue();
        foreach (var (name, parameter) in net.named_parameters())
        {
            parameter.requires_grad.Should().Be(name != "body.bias");
            Nets.Bits(parameter).SequenceEqual(before[name]).Should().Be(name != "body.weight", name);
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Where_all_that_should_be_trained_is_frozen_nothing_is_begun(string protocol)
    {
        using var task = Task();
        using var net = Nets.Small();
        foreach (var (_, parameter) in net.named_parameters().Where(p => p.name.StartsWith("head", StringComparison.Ordinal)))
        {
            parameter.requires_grad = false;
        }

        var before = net.named_parameters().Select(p => Nets.Bits(p.parameter)).ToList();

        var transfer = () => Run(protocol, net, task, TrainableParameters.Head);

        transfer.Should().Throw<InvalidOperationException>()
            .WithMessage("Nothing is left to train: none of the 2 parameters that Trainable names requires gradients.");
        net.parameters().Select(Nets.Bits).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Every_module_gets_its_own_mode_back(string protocol)
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        using var drop = Dropout(0.5);
        using var net = Sequential(("body", Linear(6, 5)), ("drop", drop), ("head", Linear(5, 8)));
        net.train();
        drop.eval();

        Run(protocol, net, task, TrainableParameters.Head);
        Run(protocol, net, task, TrainableParameters.All);

        net.training.Should().BeTrue();
        drop.training.Should().BeFalse("it was in eval mode before");
    }

    [Fact]
    public void The_fresh_classifier_is_Kaiming_normal_without_bias_and_the_same_for_every_network_of_a_seed()
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(2, 2304), randn(2, 2304), 2);
        var first = Start(seed: 1);
        first.weight.std().item<float>().Should().BeApproximately(0.02946f, 3e-4f); // sqrt(2 / 2304)
        first.bias!.count_nonzero().item<long>().Should().Be(0);
        Nets.Bits(Start(seed: 1).weight).Should().Equal(Nets.Bits(first.weight));
        Nets.Bits(Start(seed: 2).weight).Should().NotEqual(Nets.Bits(first.weight));

        Linear Start(ulong seed)
        {
            var head = Linear(2304, 1000);
            SequentialTransfer.Run(head, task, new SequentialTransferOptions { LearningRate = 0, Seed = seed });
            return head;
        }
    }

    [Fact]
    public void Support_can_be_evaluated_at_the_end_alone()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var options = new SequentialTransferOptions { Head = Nets.Head, EvaluationPeriod = 3, EvaluateSupport = SupportEvaluation.AtTheEnd };

        var result = SequentialTransfer.Run(Nets.Small(), task, options);

        result.Evaluations.Select(evaluation => evaluation.Support is null).Should().Equal(true, true, true, false);
    }

    [Fact]
    public void An_optimizer_and_a_batch_size_of_ones_own_are_used()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var seen = new List<(int Parameters, double Rate)>();
        var options = new SequentialTransferOptions
        {
            Head = Nets.Head,
            Trainable = TrainableParameters.Head,
            BatchSize = 3,
            LearningRate = 0.1,
            Optimizer = (parameters, rate) =>
            {
                seen.Add((parameters.Count, rate));
                return new FusedSgd(parameters, rate);
            },
        };

        SequentialTransfer.Run(Nets.Small(), task, options).Final.Steps.Should().Be(Classes * 2, "four examples are steps of 3 and 1");
        seen.Should().Equal((2, 0.1));
    }

    [Fact]
    public void Progress_counts_examples_and_hands_out_evaluations_as_they_come()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var told = new Told();

        var result = SequentialTransfer.Run(
            Nets.Small(), task, new SequentialTransferOptions { Head = Nets.Head, EvaluationPeriod = 3 }, told, TestContext.Current.CancellationToken);

        told.All.Select(report => report.Examples).Should().BeInAscendingOrder();
        told.All[^1].Should().Be(new TransferProgress(28, 28, result.Final));
        told.All.Select(report => report.Latest).Where(latest => latest is not null).Distinct().Should().Equal(result.Evaluations);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Cancelled_transfer_leaves_mode_and_gradients_as_before(string protocol)
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var net = Nets.Small();
        using var source = new CancellationTokenSource();
        source.Cancel();

        var run = () => Run(protocol, net, task, TrainableParameters.Head, Initializer.KaimingNormal(), source.Token);

        run.Should().Throw<OperationCanceledException>();
        net.training.Should().BeTrue();
        net.parameters().Should().OnlyContain(parameter => parameter.requires_grad);
    }

    [Theory]
    [InlineData("sequential", true)]
    [InlineData("sequential", false)]
    [InlineData("iid", true)]
    public void A_loss_that_is_no_number_ends_the_transfer(string protocol, bool headOnly)
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(full([28, 6], float.NaN), zeros(14, 6), Classes);
        var run = () => Run(protocol, Nets.Small(), task, headOnly ? TrainableParameters.Head : TrainableParameters.All);
        run.Should().Throw<NonFiniteStepException>();
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var task = Task();
        var period = () => SequentialTransfer.Run(Nets.Small(), task, new SequentialTransferOptions { EvaluationPeriod = 0 });
        period.Should().Throw<ArgumentException>().WithMessage("*EvaluationPeriod*");
        var rate = () => IidTransfer.Run(Nets.Small(), task, new IidTransferOptions { LearningRate = -1 });
        rate.Should().Throw<ArgumentException>().WithMessage("*LearningRate*");
        var which = () => SequentialTransfer.Run(Nets.Small(), task);
        which.Should().Throw<InvalidOperationException>().WithMessage("*2 Linear layers*");
    }

    [Fact]
    public void Accuracies_are_means_over_classes()
    {
        var accuracies = new ClassAccuracies(4, [4, 1, 0], [4, 3, 2]);
        accuracies.TopOne.Should().BeApproximately(5.0 / 12, 1e-15);
        accuracies.TopFive.Should().BeApproximately(9.0 / 12, 1e-15);
        accuracies.ForClass(1).Should().Be(0.25);
    }

    private static TransferTask Task()
    {
        using var generator = new Generator(5);
        using var scope = NewDisposeScope();
        var centres = randn([Classes, 6], generator: generator);
        return new TransferTask(Around(4), Around(2), Classes);

        Tensor Around(int each) =>
            (centres.repeat_interleave(each, 0) + (0.7 * randn([Classes * each, 6], generator: generator))).MoveToOuterDisposeScope();
    }

    private static TransferResult Run(
        string protocol,
        Module<Tensor, Tensor> net,
        TransferTask task,
        TrainableParameters trains,
        Initializer? freshHead = null,
        CancellationToken cancellationToken = default)
    {
        return protocol == "sequential"
            ? SequentialTransfer.Run(net, task, With(new SequentialTransferOptions { EvaluationPeriod = 2 }), cancellationToken: cancellationToken)
            : IidTransfer.Run(net, task, With(new IidTransferOptions { BatchSize = 8, MicroBatchSize = 3 }), cancellationToken: cancellationToken);

        TOptions With<TOptions>(TOptions options)
            where TOptions : FineTuningOptions
        {
            options.Head = Nets.Head;
            options.Trainable = trains;
            options.LearningRate = 1e-2;
            options.HeadInitializer = freshHead;
            return options;
        }
    }

    private sealed class Times(double factor) : Module<Tensor, Tensor>(nameof(Times))
    {
        public override Tensor forward(Tensor input) => input * factor;
    }

    private sealed class Told : IProgress<TransferProgress>
    {
        public List<TransferProgress> All { get; } = [];

        public void Report(TransferProgress value) => All.Add(value);
    }
}
