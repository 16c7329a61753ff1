using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Transfer;

/// <summary>Transfers of any options: refused by name with not a bit changed, or carried out.</summary>
public sealed class TransferOptionsFuzzTests
{
    private const int Classes = 3;

    // How a transfer may end that has begun: learning rates beyond measure, or a classifier that cannot be told.
    private static readonly Type[] Endings = [typeof(NonFiniteStepException), typeof(InvalidOperationException), typeof(NotSupportedException), typeof(ArgumentException)];

    private static readonly Gen<HeadSelector> Heads = Odd.OrNull(Odd.Of("head", "head", "body", "nowhere").Select(HeadSelector.ByName));

    private static readonly Gen<Initializer> Fresh = Odd.OrNull(Odd.Of(Initializer.KaimingNormal(), Initializer.Constant(double.MaxValue), Initializer.Zeros(), Initializer.LayerDefault()));

    private static readonly Gen<TrainableParameters> Trains = Odd.OrNull(Odd.Of(
        TrainableParameters.All, TrainableParameters.Head, TrainableParameters.From(ParameterFilter.WithPrefix("nowhere")), TrainableParameters.From(ParameterFilter.Where(_ => false))));

    private static readonly Gen<Common> Any = Gen.Select(
        Heads, Fresh, Odd.Enums<ClassMask>(), Odd.Ints, Odd.Enums<SupportEvaluation>(), (head, fresh, softmax, size, support) => new Common(head, fresh, softmax, size, support));

    [Fact]
    public void Sequential() => Gen.Select(Any, Trains, Odd.Doubles, Odd.Ints, Odd.Ints).Sample(
        (common, trains, rate, period, size) => Check(
            (net, task) => SequentialTransfer.Run(net, task, common.Put(new SequentialTransferOptions { Trainable = trains, LearningRate = rate, EvaluationPeriod = period, BatchSize = size })),
            [.. common.Rules, .. OfTrained(trains, rate), ("EvaluationPeriod", period > 0), ("BatchSize", size > 0)]),
        iter: Fuzz.Iterations(200),
        threads: 1);

    [Fact]
    public void Iid() => Gen.Select(Any, Trains, Odd.Doubles, Odd.Ints, Odd.Counts, Odd.OrNull(Odd.Ints.Array[0, 3]), Odd.Of<int?>(null, int.MinValue, 0, 2, int.MaxValue)).Sample(
        (common, trains, rate, size, epochs, steps, part) => Check(
            (net, task) => IidTransfer.Run(net, task, common.Put(new IidTransferOptions
            {
                Trainable = trains,
                LearningRate = rate,
                BatchSize = size,
                Epochs = epochs,
                EvaluationSteps = steps,
                MicroBatchSize = part,
            })),
            [.. common.Rules, .. OfTrained(trains, rate), ("BatchSize", size > 0), ("Epochs", epochs > 0), ("EvaluationSteps", steps is not null), ("MicroBatchSize", !(part <= 0))]),
        iter: Fuzz.Iterations(200),
        threads: 1);

    [Fact]
    public void Least_squares() => Any.Sample(
        common => Check((net, task) => LeastSquaresTransfer.Run(net, task, common.Put(new TransferOptions())), common.Rules),
        iter: Fuzz.Iterations(300),
        threads: 1);

    [Fact]
    public void Growth() => Gen.Select(Odd.Counts, Fresh, Fresh).Sample(
        (units, weights, bias) =>
        {
            using var net = Nets.Small();
            var before = Nets.Bits(net);
            var rules = new[] { ("Weights", weights is not null), ("Bias", bias is not null) };
            var refusal = Record.Exception(() =>
                Odd.Made(() => $"{HeadGrowth.Grow(net, Nets.Head, units + Nets.Units, [], new() { Weights = weights!, Bias = bias! })}", rules.All(rule => rule.Item2) ? [("units", units >= 0)] : rules));
            if (Nets.HeadOf(net).weight.size(0) == Nets.Units)
            {
                Nets.Bits(net).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
            }
            else
            {
                refusal.Should().BeNull();
            }
        },
        iter: Fuzz.Iterations(300),
        threads: 1);

    private static (string Option, bool Holds)[] OfTrained(TrainableParameters trains, double rate) =>
        [("Trainable", trains is not null), ("LearningRate", rate >= 0 && double.IsFinite(rate))];

    private static void Check(Func<nn.Module<Tensor, Tensor>, TransferTask, TransferResult> run, (string Option, bool Holds)[] rules)
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(rand(Classes * 4, 6), rand(Classes * 2, 6), Classes);
        using var net = Nets.Small();
        var before = Nets.Bits(net);
        TransferResult? result = null;
        Exception? ending = null;
        var valid = rules.All(rule => rule.Holds);
        Odd.Made(
            () =>
            {
                ending = Record.Exception(() => result = run(net, task));
                return ending is null || valid ? "" : throw ending;
            },
            rules);
        if (!valid)
        {
            Nets.Bits(net).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
        }
        else if (ending is not null)
        {
            Endings.Should().Contain(type => type.IsInstanceOfType(ending), $"the transfer ended in {ending}");
        }
        else
        {
            result!.Final.ClassesSeen.Should().Be(Classes);
        }

        net.training.Should().BeTrue();
        net.parameters().Should().OnlyContain(parameter => parameter.requires_grad);
    }

    private sealed record Common(HeadSelector Head, Initializer? Fresh, ClassMask Softmax, int Size, SupportEvaluation Support)
    {
        public (string Option, bool Holds)[] Rules =>
            [("Head", Head is not null), ("ClassMask", Enum.IsDefined(Softmax)), ("EvaluationBatchSize", Size > 0), ("EvaluateSupport", Enum.IsDefined(Support))];

        public T Put<T>(T options)
            where T : TransferOptions
        {
            (options.Head, options.HeadInitializer, options.ClassMask, options.EvaluationBatchSize, options.EvaluateSupport) = (Head, Fresh, Softmax, Size, Support);
            return options;
        }
    }
}
