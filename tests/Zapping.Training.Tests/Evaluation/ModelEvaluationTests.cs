using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Evaluation;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class ModelEvaluationTests
{
    private static readonly EvaluationOptions Top = new() { TopK = [1, 2, 5, 99], BatchSize = 3 };

    // Whole numbers, so that many outputs are equal; labels up to two classes beyond the units.
    private static readonly Gen<(int Units, (float[] Outputs, int Label)[] Examples)> Cases = Gen.Int[1, 6].SelectMany(units =>
        Gen.Select(Gen.Int[-2, 2].Select(number => (float)number).Array[units], Gen.Int[0, units + 1]).Array[1, 12].Select(examples => (units, examples)));

    [Fact]
    public void Accuracies_are_those_of_counting_by_hand() => Cases.Sample(
        c =>
        {
            using var scope = NewDisposeScope();
            using var model = Sequential(("same", Identity()));
            var outputs = tensor(c.Examples.SelectMany(e => e.Outputs).ToArray(), [c.Examples.Length, c.Units]);
            var result = model.Evaluate(outputs, tensor(c.Examples.Select(e => (long)e.Label).ToArray()), Top);

            var first = c.Examples.Select(e => Array.IndexOf(e.Outputs, e.Outputs.Max())).ToArray();
            var order = c.Examples.Select(e => Enumerable.Range(0, c.Units).OrderByDescending(unit => e.Outputs[unit]).ToList()).ToArray();
            result.Examples.Should().Be(c.Examples.Length);
            result.Accuracy.Should().Be(c.Examples.Zip(first).Count(p => p.First.Label == p.Second) / (double)c.Examples.Length);
            foreach (var k in Top.TopK)
            {
                result.TopK(k).Should().Be(c.Examples.Zip(order).Count(p => p.Second.Take(k).Contains(p.First.Label)) / (double)c.Examples.Length);
            }

            var matrix = result.ConfusionMatrix!;
            for (var i = 0; i < matrix.ClassCount; i++)
            {
                for (var j = 0; j < matrix.UnitCount; j++)
                {
                    matrix[i, j].Should().Be(c.Examples.Zip(first).Count(p => p.First.Label == i && p.Second == j));
                }
            }

            result.PerClass!.Should().Equal(c.Examples.Zip(first).GroupBy(p => p.First.Label).OrderBy(g => g.Key)
                .Select(g => new ClassScore(g.Key, g.Count(), g.Count(p => p.Second == g.Key))));
        },
        iter: 300);

    [Fact]
    public void The_loss_is_the_mean_over_examples_whose_class_has_a_unit()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        var (inputs, labels) = (randn(10, 6), tensor([0L, 1, 2, 3, 4, 5, 6, 7, 8, 12]));

        var result = net.Evaluate(inputs, labels, new() { BatchSize = 4, Metrics = { ["twice"] = (outputs, known) => 2 * functional.cross_entropy(outputs, known) } });

        var expected = functional.cross_entropy(net.call(inputs.narrow(0, 0, 8)), labels.narrow(0, 0, 8)).item<float>();
        result.Loss.Should().BeApproximately(expected, 1e-6);
        result.Metrics["twice"].Should().BeApproximately(2 * expected, 1e-5);
        result.PerClass!.Where(score => score.ClassId >= 8).Should().Equal(new ClassScore(8, 1, 0), new ClassScore(12, 1, 0));
        net.Evaluate(inputs, full(10, 9L)).Loss.Should().Be(double.NaN);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(12, 2)]
    public void Without_a_wait_for_each_batch_the_numbers_are_the_same(int classes, int passes)
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        var examples = new LabeledBatch(randn(30, 6), arange(30).remainder(classes));
        var options = Top with { Loss = (outputs, labels) => functional.cross_entropy(outputs, labels) };
        var asked = 0;
        IEnumerable<LabeledBatch> Batches()
        {
            asked++;
            return ModelEvaluation.Parts(examples, 7);
        }

        using var noGrad = no_grad();
        var result = ModelEvaluation.Measure(net.call, Batches, options, separates: false);

        asked.Should().Be(passes, "where a class has no unit, all is looked at again");
        var expected = ModelEvaluation.Measure(net.call, Batches, options);
        (result.ToCsv(), result.Loss, result.TopK(2)).Should().Be((expected.ToCsv(), expected.Loss, expected.TopK(2)));
    }

    [Fact]
    public void Sources_batches_tensors_and_trainers_give_the_same()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer);
        var (inputs, labels) = (randn(50, 6), randint(0, Nets.Units, [50]));

        var whole = net.Evaluate(inputs, labels);
        foreach (var other in new[]
        {
            net.Evaluate(new LabeledBatch(inputs, labels)), net.Evaluate(new ShuffledBatches(inputs, labels, batchSize: 7)), trainer.Evaluate(inputs, labels),
            trainer.Evaluate(new LabeledBatch(inputs, labels)), trainer.Evaluate(new ShuffledBatches(inputs, labels, batchSize: 7)), net.Evaluate(inputs, labels.to(ScalarType.Byte)),
        })
        {
            other.Accuracy.Should().Be(whole.Accuracy);
            other.Loss.Should().BeApproximately(whole.Loss, 1e-6);
            other.ConfusionMatrix!.ToArray().Should().BeEquivalentTo(whole.ConfusionMatrix!.ToArray());
        }
    }

    [Fact]
    public void A_trainer_is_evaluated_by_its_own_loss_and_targets_of_any_kind_have_one()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, optimizer, (outputs, targets) => (outputs - targets).pow(2).mean());
        var (inputs, targets) = (randn(9, 6), randn(9, Nets.Units));

        var result = trainer.Evaluate(inputs, targets, new() { BatchSize = 4, Metrics = { ["mae"] = (outputs, wanted) => (outputs - wanted).abs().mean() } });

        result.Loss.Should().BeApproximately((net.call(inputs) - targets).pow(2).mean().item<float>(), 1e-5);
        result.Metrics["mae"].Should().BeApproximately((net.call(inputs) - targets).abs().mean().item<float>(), 1e-5);
        (result.Accuracy, result.PerClass, result.ConfusionMatrix).Should().Be((null, null, null));
        result.Invoking(r => r.TopK(1)).Should().Throw<InvalidOperationException>().WithMessage("*labels were no class ids*Metrics*");
        result.ToCsv().Should().StartWith("class,examples,accuracy,loss,mae\n(all),9,,");
        net.Evaluate(inputs, functional.softmax(targets, 1)).Loss.Should().BeGreaterThan(0, "soft labels have a cross-entropy");
    }

    [Fact]
    public void Nothing_of_the_model_is_changed_and_no_tensor_is_left()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("counter", new Counter()), ("drop", Dropout()), ("head", Linear(5, 8)));
        net.named_modules().Single(m => m.name == "norm").module.eval();
        var (inputs, labels) = (randn(20, 6), randint(0, 10, [20]));
        var before = net.state_dict().ToDictionary(entry => entry.Key, entry => Nets.Bits(entry.Value), StringComparer.Ordinal);
        var modes = net.named_modules().Select(m => m.module.training).ToArray();
        _ = net.Evaluate(inputs, labels, Top);
        var live = LiveTensors.BeforeTest();

        var result = net.Evaluate(inputs, labels, Top);

        Tensor.TotalCount.Should().Be(live);
        net.Evaluate(inputs, labels, Top).Loss.Should().Be(result.Loss, "dropout is off");
        net.state_dict().ToDictionary(entry => entry.Key, entry => Nets.Bits(entry.Value), StringComparer.Ordinal).Should().BeEquivalentTo(before);
        net.named_modules().Select(m => m.module.training).Should().Equal(modes);
        net.parameters().Should().AllSatisfy(parameter => parameter.grad.Should().BeNull());
    }

    [Fact]
    public void What_cannot_be_evaluated_is_refused_with_the_reason()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        net.train();
        var (inputs, labels) = (randn(4, 6), tensor([0L, 1, 2, 3]));
        net.Invoking(n => n.Evaluate(inputs, labels.narrow(0, 0, 3))).Should().Throw<ArgumentException>().WithMessage("Inputs [4, 6] and labels [3] must be*");
        net.Invoking(n => n.Evaluate(inputs, labels - 1)).Should().Throw<Exception>().WithMessage("*-1*");
        net.Invoking(n => n.Evaluate(inputs, labels, new() { Loss = (_, _) => zeros(2) })).Should().Throw<InvalidOperationException>().WithMessage("The loss must be a scalar, but has shape [2].");
        net.Invoking(n => n.Evaluate(inputs, labels, new() { Metrics = { ["mine"] = (_, _) => zeros(2) } })).Should().Throw<InvalidOperationException>().WithMessage("The metric 'mine' must be*");
        net.Invoking(n => n.Evaluate(inputs, labels, new() { BatchSize = 0 })).Should().Throw<ArgumentException>().WithMessage("*BatchSize*");
        net.Invoking(n => n.Evaluate(inputs, labels, new() { TopK = [0] })).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("TopK");
        net.Invoking(n => n.Evaluate(inputs, labels).TopK(5)).Should().Throw<InvalidOperationException>().WithMessage("The top 5 were not measured; add 5 to EvaluationOptions.TopK.");
        net.Invoking(n => n.Evaluate(new NoBatches())).Should().Throw<ArgumentException>().WithMessage("There is nothing to evaluate*");
        net.training.Should().BeTrue();
    }

    [Fact]
    public void Results_print_themselves()
    {
        using var scope = NewDisposeScope();
        using var model = Sequential(("same", Identity()));
        var outputs = eye(3).index_select(0, tensor([0L, 1, 1, 2]));
        var result = model.Evaluate(outputs, tensor([0L, 1, 2, 2]), new() { TopK = [2], ClassNames = ["ant", "bee, or wasp", "cat"] });

        result.ToString().Should().Be(
            "class         examples  accuracy    loss   top-2\n(all)                4    75.0 %  0.8014  75.0 %\n"
            + "ant                  1   100.0 %\nbee, or wasp         1   100.0 %\ncat                  2    50.0 %");
        result.ToMarkdown().Should().Contain("| cat | 2 | 50.0 % |  |  |\n");
        result.ToCsv().Should().Contain("\n\"bee, or wasp\",1,1,,\n");
        result.ConfusionMatrix!.ToString().Should().Be(
            "true          ant  bee, or wasp  cat\nant             1             0    0\nbee, or wasp    0             1    0\ncat             0             1    1");
    }

    private sealed class NoBatches : IBatchSource
    {
        public long? BatchesPerEpoch => 0;

        public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0) => [];
    }

    /// <summary>Counts its passes in a buffer, in eval mode too.</summary>
    private sealed class Counter : Module<Tensor, Tensor>
    {
        private readonly Tensor _count = zeros(1);

        public Counter()
            : base(nameof(Counter))
        {
            register_buffer("count", _count);
        }

        public override Tensor forward(Tensor input)
        {
            _count.add_(1);
            return input.alias(); // what comes in is disposed of by the Sequential
        }
    }
}
