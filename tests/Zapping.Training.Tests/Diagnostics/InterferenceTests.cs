using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Diagnostics;
using Zapping.Training.Evaluation;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Diagnostics;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class InterferenceTests : IDisposable
{
    private const double Rate = 0.25;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    // Weights (1, 2); the gradient of half a squared error is (w·x - y) x, with errors 4, 1, -1 and 0.
    [Fact]
    public void Cosines_on_a_linear_model_are_those_of_its_examples()
    {
        var found = Interference.GradientCosines(Model(), Tasks(), HalfSquaredError);
        var expected = new double[,]
        {
            { 1, Math.Sqrt(0.5), -1, double.NaN },
            { Math.Sqrt(0.5), 1, -Math.Sqrt(0.5), double.NaN },
            { -1, -Math.Sqrt(0.5), 1, double.NaN },
            { double.NaN, double.NaN, double.NaN, double.NaN },
        };
        Compare(found, expected);
    }

    // After a step on task i the error on task j is e_j - rate e_i (x_i·x_j).
    [Fact]
    public void Changes_of_loss_on_a_linear_model_are_those_worked_out_by_hand()
    {
        double[] errors = [4, 1, -1, 0];
        double[,] products = { { 4, 2, 2, 0 }, { 2, 2, 1, 1 }, { 2, 1, 1, 0 }, { 0, 1, 0, 1 } };
        var expected = new double[4, 4];
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                var after = errors[j] - (Rate * errors[i] * products[i, j]);
                expected[i, j] = ((after * after) - (errors[j] * errors[j])) / 2;
            }
        }

        var found = Interference.LossChanges(Model(), Tasks(), Rate, HalfSquaredError);
        Compare(found, expected);
        found[0, 0].Should().Be(-8, "the step on the first task is exactly the one that solves it");
        found[3, 0].Should().Be(0, "what is solved asks for no step");
        Compare(Interference.LossChanges(Model(), Tasks(), 0, HalfSquaredError), new double[4, 4]);
    }

    [Fact]
    public void For_small_steps_both_say_the_same()
    {
        var net = Nets.Small(ScalarType.Float64);
        LabeledBatch[] tasks = [Batch(1), Batch(2), Batch(3)];
        var (cosines, changes) = (Interference.GradientCosines(net, tasks), Interference.LossChanges(net, tasks, 1e-6));
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                // -rate |g_i| |g_j| cos, and -rate |g_i|² on the diagonal
                var norms = Math.Sqrt(changes[i, i] * changes[j, j]);
                (-changes[i, j] / norms).Should().BeApproximately(cosines[i, j], 1e-3);
            }
        }

        cosines[0, 1].Should().BeInRange(-0.99, 0.99, "or this would say nothing");
    }

    [Fact]
    public void Nothing_of_model_and_optimizer_is_changed()
    {
        var net = Sequential(("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("drop", Dropout()), ("head", Linear(5, 8)));
        net.train();
        using var optimizer = optim.Adam(net.parameters(), 0.1);
        Nets.Step(net, optimizer);
        var (model, gradients, state) = (State(net), net.parameters().Select(p => Nets.Bits(p.grad!)).ToArray(), Moments(optimizer));
        LabeledBatch[] tasks = [Batch(1, ScalarType.Float32), Batch(2, ScalarType.Float32)];

        Interference.GradientCosines(net, tasks);
        Interference.LossChanges(net, tasks, 0.1);
        using (no_grad())
        {
            Interference.LossChanges(net, tasks, 0.1)[0, 0].Should().NotBe(0, "a caller without gradients is served as well");
        }

        State(net).Should().BeEquivalentTo(model);
        net.parameters().Select(p => Nets.Bits(p.grad!)).Should().BeEquivalentTo(gradients, options => options.WithStrictOrdering());
        Moments(optimizer).Should().BeEquivalentTo(state, options => options.WithStrictOrdering());
        net.named_modules().Should().AllSatisfy(m => m.module.training.Should().BeTrue());
        Nets.Step(net, optimizer); // and training goes on
    }

    [Fact]
    public void A_failing_loss_leaves_the_model_as_it_was_and_no_tensors()
    {
        var net = Nets.Small();
        net.train();
        var bits = Nets.Bits(net);
        LabeledBatch[] tasks = [Batch(1, ScalarType.Float32), Batch(2, ScalarType.Float32)];
        Interference.LossChanges(net, tasks, 0.1);
        Interference.GradientCosines(net, tasks);
        var before = LiveTensors.BeforeTest();
        for (var last = 1; last < 6; last++)
        {
            var calls = 0;
            FluentActions.Invoking(() => Interference.LossChanges(net, tasks, 0.1, (outputs, labels) => ++calls == last
                    ? throw new TimeoutException()
                    : functional.cross_entropy(outputs, labels)))
                .Should().Throw<TimeoutException>();
        }

        Interference.LossChanges(net, tasks, 0.1);
        Interference.GradientCosines(net, tasks);
        Tensor.TotalCount.Should().Be(before);
        Nets.Bits(net).Should().BeEquivalentTo(bits);
        net.training.Should().BeTrue();
    }

    [Fact]
    public void Frozen_parameters_take_no_part()
    {
        var net = Nets.Small();
        net.named_parameters().Where(p => p.name.StartsWith("body", StringComparison.Ordinal)).ToList().ForEach(p => p.parameter.requires_grad = false);
        LabeledBatch[] tasks = [Batch(1, ScalarType.Float32)];
        var all = Interference.LossChanges(Nets.Small(), tasks, 0.1)[0, 0];
        Interference.LossChanges(net, tasks, 0.1)[0, 0].Should().BeNegative().And.BeGreaterThan(all);
        net.parameters().ToList().ForEach(parameter => parameter.requires_grad = false);
        Refused<ArgumentException>(() => Interference.GradientCosines(net, tasks), "No parameter of * requires a gradient.*");
    }

    [Fact]
    public void What_cannot_be_measured_is_refused()
    {
        var net = Nets.Small();
        LabeledBatch good = Batch(1, ScalarType.Float32);
        Refused<ArgumentException>(() => Interference.GradientCosines(net, []), "There is no task.*");
        Refused<ArgumentException>(
            () => Interference.LossChanges(net, [good, new LabeledBatch(ones(2, 6), ones(2))], 0.1),
            "Task 1 must have inputs [n, …] and class ids [n] of type Int64, n at least 1, but has [2, 6] and [2] of type Float32.*");
        Refused<ArgumentOutOfRangeException>(() => Interference.LossChanges(net, [good], double.NaN), "learningRate must be a finite number*");
        Refused<ArgumentOutOfRangeException>(() => Interference.LossChanges(net, [good], -1), "learningRate must be a finite number*");
        Refused<InvalidOperationException>(() => Interference.GradientCosines(net, [good], (o, _) => o), "The loss must be a scalar, but has shape [10, 8].");
    }

    private static void Refused<T>(Func<TaskMatrix> measure, string message)
        where T : Exception => measure.Should().Throw<T>().WithMessage(message);

    private static Linear Model()
    {
        var model = Linear(2, 1, hasBias: false, dtype: ScalarType.Float64);
        using var noGrad = no_grad();
        model.weight.copy_(tensor(new[,] { { 1.0, 2.0 } }));
        return model;
    }

    private static LabeledBatch[] Tasks() =>
    [
        new(tensor(new[,] { { 2.0, 0 } }), tensor(new[] { -2L })),
        new(tensor(new[,] { { 1.0, 1 } }), tensor(new[] { 2L })),
        new(tensor(new[,] { { 1.0, 0 } }), tensor(new[] { 2L })),
        new(tensor(new[,] { { 0.0, 1 } }), tensor(new[] { 2L })),
    ];

    private static Tensor HalfSquaredError(Tensor outputs, Tensor labels) => (outputs.squeeze(1) - labels).square().mean() / 2;

    private static LabeledBatch Batch(ulong seed, ScalarType type = ScalarType.Float64)
    {
        using var generator = new Generator(seed);
        return new LabeledBatch(randn([10, 6], type, generator: generator), randint(0, Nets.Units, [10], generator: generator));
    }

    private static void Compare(TaskMatrix found, double[,] expected)
    {
        (found.RowCount, found.TaskCount).Should().Be((expected.GetLength(0), expected.GetLength(1)));
        for (var i = 0; i < found.RowCount; i++)
        {
            for (var j = 0; j < found.TaskCount; j++)
            {
                if (double.IsNaN(expected[i, j]))
                {
                    found[i, j].Should().Be(double.NaN);
                }
                else
                {
                    found[i, j].Should().BeApproximately(expected[i, j], 1e-12, $"entry [{i}, {j}]");
                }
            }
        }
    }

    private static Dictionary<string, byte[]> State(Module net) =>
        net.state_dict().ToDictionary(entry => entry.Key, entry => Nets.Bits(entry.Value), StringComparer.Ordinal);

    private static byte[][] Moments(Adam optimizer) =>
        [.. optimizer.state_dict().State.Cast<Adam.State>().SelectMany(state => new[] { Nets.Bits(state.exp_avg), Nets.Bits(state.exp_avg_sq) })];
}
