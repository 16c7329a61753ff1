using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Penalties;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Penalties;

[Collection(AloneCollection.Name)] // tensors are counted
public sealed class ParsevalPenaltyTests
{
    [Theory]
    [InlineData(new double[] { 1, 2, 0, 1 }, 2, 1, 24)] // W·Wᵀ = (5, 2; 2, 1), less I: 16 + 4 + 4 + 0
    [InlineData(new double[] { 1, 2 }, 2, 1, 17)] // more rows than columns: (1, 2; 2, 4), less I: 0 + 4 + 4 + 9
    [InlineData(new double[] { 1, 2 }, 1, 2, 9)] // 5 - 2
    [InlineData(new double[] { 0, -1.5, 1.5, 0 }, 2, 2.25, 0)] // orthogonal rows of one length
    public void It_is_the_squared_distance_of_products_of_rows_from_a_multiple_of_the_identity(double[] weights, int rows, double scale, double expected)
    {
        using var scope = NewDisposeScope();
        using var layer = Layer(weights, rows);
        new ParsevalPenalty(Sequential(("layer", layer)), 0.5, scale: scale).Value().item<double>().Should().BeApproximately(0.5 * expected, 1e-12);
    }

    [Fact]
    public void Its_gradient_is_four_times_the_deviation_times_the_weights()
    {
        using var scope = NewDisposeScope();
        using var layer = Layer([1, 2, 0, 1], 2);
        new ParsevalPenalty(Sequential(("layer", layer)), 1).Value().backward();
        layer.weight.grad!.data<double>().ToArray().Should().Equal(16, 40, 8, 16); // 4 · (4, 2; 2, 0) · (1, 2; 0, 1)
    }

    [Theory]
    [InlineData(3, 8)]
    [InlineData(8, 3)]
    public void Its_gradient_is_that_of_finite_differences(int outputs, int inputs)
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("conv", Conv2d(inputs, outputs, 2)), ("linear", Linear(inputs, outputs)));
        net.to(ScalarType.Float64);
        var penalty = new ParsevalPenalty(net, 0.3, scale: 1.7);
        FiniteDifferences.Check(net, () => penalty.Value());
    }

    [Fact]
    public void Layers_are_chosen_by_name()
    {
        using var scope = NewDisposeScope();
        using var net = Nets.Small(ScalarType.Float64);
        var penalty = new ParsevalPenalty(net, 1, name => name != "head");
        penalty.Value().backward();
        net.get_parameter("body.weight")!.grad.Should().NotBeNull();
        net.get_parameter("head.weight")!.grad.Should().BeNull();
        penalty.Description.Select(own => own.Key).Should().Equal("strength", "scale", "layers");
        FluentActions.Invoking(() => new ParsevalPenalty(net, 1, _ => false)).Should().Throw<ArgumentException>().WithMessage("*'body', 'head'*");
    }

    [Fact]
    public void Bad_numbers_are_refused()
    {
        using var net = Nets.Small();
        FluentActions.Invoking(() => new ParsevalPenalty(net, double.NaN)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("strength*");
        FluentActions.Invoking(() => new ParsevalPenalty(net, 1, scale: 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("scale*");
        FluentActions.Invoking(() => new ParsevalPenalty(net, 1, scale: -1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("scale*");
    }

    [Fact]
    public void Half_precision_does_not_overflow_and_training_lowers_it()
    {
        using var scope = NewDisposeScope();
        using var half = Sequential(("layer", Linear(4, 2)));
        half.to(ScalarType.Float16);
        using (no_grad())
        {
            half.parameters().First().fill_(200); // products of 160,000
        }

        double.IsFinite(new ParsevalPenalty(half, 1).Value().to(ScalarType.Float64).item<double>()).Should().BeTrue();
        using var net = Nets.Small();
        using var sgd = optim.SGD(net.parameters(), 0.02);
        var penalty = new ParsevalPenalty(net, 1);
        var before = penalty.Value().item<float>();
        using var trainer = new ContinualTrainer(net, sgd).UseLoss(penalty);
        for (var step = 0; step < 100; step++)
        {
            trainer.TrainStep(randn(4, 6), randint(0, Nets.Units, [4]));
        }

        penalty.Value().item<float>().Should().BeLessThan(before / 2).And.BeGreaterThan(3 - 0.01f, "the head has 8 rows of 5 columns, so that 3 is the least");
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var net = Nets.Small();
        var before = LiveTensors.BeforeTest();
        var penalty = new ParsevalPenalty(net, 1);
        for (var i = 0; i < 20; i++)
        {
            using var value = penalty.Value();
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);
    }

    private static Linear Layer(double[] weights, int rows)
    {
        var layer = Linear(weights.Length / rows, rows);
        layer.weight = Parameter(tensor(weights).reshape(rows, -1));
        return layer;
    }
}

/// <summary>Gradients by small steps.</summary>
internal static class FiniteDifferences
{
    /// <summary>Compares the gradient of a scalar with central differences, for some entries of each parameter that has one.</summary>
    public static void Check(Module net, Func<Tensor> scalar, double tolerance = 1e-6)
    {
        scalar().backward();
        var checkedEntries = 0;
        foreach (var (name, parameter) in net.named_parameters().Where(own => own.parameter.grad is not null))
        {
            var (values, gradient) = (parameter.detach().view(-1), parameter.grad!.flatten());
            for (long entry = 0; entry < values.size(0); entry += 5)
            {
                double At(double shift)
                {
                    values[entry] += shift;
                    var value = scalar().item<double>();
                    values[entry] -= shift;
                    return value;
                }

                gradient[entry].item<double>().Should().BeApproximately((At(1e-5) - At(-1e-5)) / 2e-5, tolerance, $"of entry {entry} of {name}");
                checkedEntries++;
            }
        }

        checkedEntries.Should().BePositive();
    }
}
