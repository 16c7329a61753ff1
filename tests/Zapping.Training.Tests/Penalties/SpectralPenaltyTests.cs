using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Penalties;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Penalties;

[Collection(AloneCollection.Name)] // tensors are counted
public sealed class SpectralPenaltyTests
{
    [Theory]
    [InlineData(2, true, 89)] // (3² - 1)² + (1 + 4)²
    [InlineData(1, true, 9)] // (3 - 1)² + 5
    [InlineData(2, false, 64)]
    public void It_is_the_distance_of_the_largest_singular_value_from_one_and_the_norm_of_the_bias(int exponent, bool biases, double expected)
    {
        using var scope = NewDisposeScope();
        using var net = Diagonal();
        using var penalty = new SpectralPenalty(net, 0.5, exponent: exponent, includeBiases: biases);
        penalty.Value().item<double>().Should().BeApproximately(0.5 * expected, 1e-9);
        penalty.Value().backward();
        var gradient = net.get_parameter("layer.weight")!.grad!.data<double>().ToArray();
        var slope = exponent == 2 ? 4 * 3 * 8 : 2 * 2; // 2 · (sigma^k - 1) · k · sigma^(k - 1)
        gradient.Should().Equal([0.5 * slope, 0, 0, 0], (actual, wanted) => Math.Abs(actual - wanted) < 1e-6);
        var bias = net.get_parameter("layer.bias")!.grad?.data<double>().ToArray();
        bias.Should().BeEquivalentTo(biases ? exponent == 2 ? new[] { 10.0, 20 } : [1, 2] : null); // 0.5 · 4 · 5 · b, 0.5 · 2 · b
    }

    [Fact]
    public void Its_gradient_is_that_of_finite_differences_of_singular_values()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("conv", Conv2d(2, 6, 2)), ("flatten", Flatten()), ("linear", Linear(6, 4)));
        net.to(ScalarType.Float64);
        using var penalty = new SpectralPenalty(net, 0.3);
        for (var i = 0; i < 400; i++)
        {
            penalty.Value().Dispose(); // the vectors arrive
        }

        net.zero_grad();
        penalty.Value().backward();
        var gradients = net.named_parameters().ToDictionary(own => own.name, own => own.parameter.grad!.clone(), StringComparer.Ordinal);
        net.zero_grad();
        FiniteDifferences.Check(net, () => 0.3 * net.named_parameters()
            .Select(own => own.name.EndsWith("bias", StringComparison.Ordinal) ? own.parameter.square().sum().square() : linalg.svdvals(own.parameter.flatten(1))[0].square().sub(1).square())
            .Aggregate((sum, next) => sum + next));
        foreach (var (name, parameter) in net.named_parameters())
        {
            parameter.grad!.sub(gradients[name]).abs().max().item<double>().Should().BeLessThan(1e-6, name);
        }
    }

    [Fact]
    public void The_vectors_follow_the_weights_by_an_iteration_at_each_value()
    {
        using var scope = NewDisposeScope();
        using var net = Diagonal();
        using var penalty = new SpectralPenalty(net, 1, exponent: 1, includeBiases: false);
        penalty.Value().item<double>().Should().BeApproximately(4, 1e-9);
        using (no_grad())
        {
            net.get_parameter("layer.weight")!.copy_(tensor(new double[,] { { 3, 0 }, { 0, 4 } })); // the second is larger now
        }

        List<double> values = [.. Enumerable.Range(0, 200).Select(_ => penalty.Value().item<double>())];
        values[0].Should().BeApproximately(4, 1e-3, "it has not arrived");
        values[^1].Should().BeApproximately(9, 1e-6);
        values.Select(value => Math.Round(value, 9)).Should().BeInAscendingOrder();
    }

    [Fact]
    public void A_weight_of_zeros_has_a_value_and_can_grow_again()
    {
        using var scope = NewDisposeScope();
        using var net = Diagonal();
        using var penalty = new SpectralPenalty(net, 1, includeBiases: false);
        using (no_grad())
        {
            net.get_parameter("layer.weight")!.zero_();
        }

        var value = penalty.Value();
        value.item<double>().Should().Be(1);
        value.backward();
        net.get_parameter("layer.weight")!.grad!.isfinite().all().item<bool>().Should().BeTrue();
        using (no_grad())
        {
            net.get_parameter("layer.weight")!.copy_(tensor(new double[,] { { 3, 0 }, { 0, 1 } }));
        }

        List<double> values = [.. Enumerable.Range(0, 30).Select(_ => penalty.Value().item<double>())];
        values[^1].Should().BeApproximately(64, 1e-9);
    }

    [Fact]
    public void A_resumed_run_equals_one_that_was_not_interrupted()
    {
        var folder = Directory.CreateTempSubdirectory("zapping-spectral-");
        try
        {
            using var scope = NewDisposeScope();
            using var whole = new Run();
            whole.Go(8);
            using (var first = new Run())
            using (var store = new CheckpointStore(folder.FullName))
            {
                first.Go(4);
                store.Save(first.Trainer);
            }

            using var second = new Run();
            using (var store = new CheckpointStore(folder.FullName))
            {
                store.Resume(second.Trainer)!.Steps.Should().Be(4);
            }

            second.Go(8);
            Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));

            using var other = new Run(exponent: 3);
            using var again = new CheckpointStore(folder.FullName);
            again.Invoking(own => own.Resume(other.Trainer)).Should().Throw<CheckpointException>().WithMessage("*exponent*2*3*");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_bad_numbers_are_named()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small();
        using var penalty = new SpectralPenalty(net, 1);
        penalty.Value();
        penalty.Invoking(own => own.Load(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["body"] = zeros(4) })).Should().Throw<InvalidDataException>()
            .WithMessage("*SpectralPenalty remembers*'body', 'head'*");
        penalty.Save().Should().HaveCount(2);
        FluentActions.Invoking(() => new SpectralPenalty(net, -1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("strength*");
        FluentActions.Invoking(() => new SpectralPenalty(net, 1, exponent: 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("exponent*");
        FluentActions.Invoking(() => new SpectralPenalty(net, 1, _ => false)).Should().Throw<ArgumentException>().WithMessage("*'body', 'head'*");
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var net = Nets.Small();
        var before = LiveTensors.BeforeTest();
        using (var penalty = new SpectralPenalty(net, 1))
        {
            for (var i = 0; i < 20; i++)
            {
                using var value = penalty.Value();
            }

            Tensor.TotalCount.Should().Be(before + 2);
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);
    }

    private static Sequential Diagonal()
    {
        var layer = Linear(2, 2);
        layer.weight = Parameter(tensor(new double[,] { { 3, 0 }, { 0, 1 } }));
        layer.bias = Parameter(tensor([1.0, 2]));
        return Sequential(("layer", layer));
    }

    private sealed class Run : IDisposable
    {
        private readonly optim.Optimizer _optimizer;
        private readonly SpectralPenalty _penalty;

        public Run(int exponent = 2)
        {
            _optimizer = optim.Adam(Net.parameters(), 1e-2);
            _penalty = new SpectralPenalty(Net, 0.1, exponent: exponent);
            Trainer = new ContinualTrainer(Net, _optimizer).UseMemory(_penalty).UseLoss(_penalty);
        }

        public Sequential Net { get; } = Nets.Small();

        public ContinualTrainer Trainer { get; }

        public void Go(long steps)
        {
            while (Trainer.State.Steps < steps)
            {
                using var generator = new Generator((ulong)Trainer.State.Steps);
                Trainer.TrainStep(randn([4, 6], generator: generator), randint(0, Nets.Units, [4], generator: generator));
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _penalty.Dispose();
            _optimizer.Dispose();
            Net.Dispose();
        }
    }
}
