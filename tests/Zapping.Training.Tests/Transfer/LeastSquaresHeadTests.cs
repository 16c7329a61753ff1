using System.Text.Json;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

/// <summary>Solutions equal numpy's; least_squares.py made the fixture.</summary>
[Collection(AloneCollection.Name)] // counts live tensors
public sealed class LeastSquaresHeadTests : IDisposable
{
    private static readonly JsonSerializerOptions Lowercase = new() { PropertyNameCaseInsensitive = true };

    private static readonly Dictionary<string, Fixture> Cases = JsonSerializer.Deserialize<Dictionary<string, Fixture>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Transfer", "least_squares.json")), Lowercase)!;

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> All => [.. Cases.Keys];

    public static TheoryData<string> WellConditioned => [.. Cases.Keys.Where(name => name != "ill-conditioned")];

    public void Dispose() => _scope.Dispose();

    // With the eigenvalues of the normal equations, a condition of 1e9 would leave no digit.
    [Theory]
    [MemberData(nameof(All))]
    public void Double_precision_equals_numpy(string name) => Compare(name, ScalarType.Float64, name == "ill-conditioned" ? 1e-5 : 1e-12);

    [Theory]
    [MemberData(nameof(WellConditioned))]
    public void Single_precision_is_the_same_rounded_once(string name) => Compare(name, ScalarType.Float32, 1e-6);

    [Fact]
    public void With_more_features_than_examples_the_targets_come_out_and_no_shorter_solution_does()
    {
        var features = Random(12, 40);
        var labels = arange(12, ScalarType.Int64) % 5;
        using var head = LeastSquaresHead.Solve(features, labels, 6);
        head.Rank.Should().Be(12);
        var outputs = features.matmul(head.Weight.t()) + head.Bias;
        Largest(outputs - eye(6, dtype: ScalarType.Float64).index_select(0, labels)).Should().BeLessThan(1e-12);

        // Of minimum norm is what lies in the span of the rows of [features, 1].
        var design = cat([features, ones([12, 1], ScalarType.Float64)], 1);
        var solution = cat([head.Weight, head.Bias.unsqueeze(1)], 1).t();
        var projection = design.t().matmul(linalg.inv(design.matmul(design.t()))).matmul(design);
        Largest(projection.matmul(solution) - solution).Should().BeLessThan(1e-12);
    }

    [Fact]
    public void With_more_examples_than_features_the_residual_is_orthogonal_to_the_design()
    {
        var features = Random(50, 7);
        var labels = (arange(50, ScalarType.Int64) * 7) % 4;
        using var head = LeastSquaresHead.Solve(features, labels, 4);
        head.Rank.Should().Be(8);
        var residual = features.matmul(head.Weight.t()) + head.Bias - eye(4, dtype: ScalarType.Float64).index_select(0, labels);
        Largest(features.t().matmul(residual)).Should().BeLessThan(1e-12);
        Largest(residual.sum([0])).Should().BeLessThan(1e-12);
    }

    [Fact]
    public void Units_without_a_label_are_exactly_zero()
    {
        using var head = LeastSquaresHead.Solve(Random(9, 3), tensor(new long[] { 4, 4, 1, 1, 4, 1, 1, 4, 4 }), 6);
        foreach (var unit in new[] { 0, 2, 3, 5 })
        {
            head.Weight[unit].count_nonzero().item<long>().Should().Be(0);
            head.Bias[unit].item<double>().Should().Be(0);
        }

        head.Weight[1].count_nonzero().item<long>().Should().Be(3);
    }

    [Fact]
    public void A_layer_gets_the_solution_in_place_and_goes_on_training()
    {
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters());
        var layer = Nets.HeadOf(net);
        var (weight, handle) = (layer.weight, layer.weight.Handle);
        using var head = LeastSquaresHead.Solve(Random(20, Nets.Features), arange(20, ScalarType.Int64) % Nets.Units, Nets.Units);
        head.ApplyTo(layer);
        layer.weight.Should().BeSameAs(weight);
        layer.weight.Handle.Should().Be(handle);
        layer.weight.requires_grad.Should().BeTrue();
        Nets.Bits(layer.weight).Should().Equal(Nets.Bits(head.Weight.to(ScalarType.Float32)));
        Nets.Bits(layer.bias!).Should().Equal(Nets.Bits(head.Bias.to(ScalarType.Float32)));
        Nets.Step(net, optimizer);
        Nets.Bits(layer.weight).Should().NotEqual(Nets.Bits(head.Weight.to(ScalarType.Float32)));
    }

    [Fact]
    public void A_layer_that_does_not_fit_is_left_alone()
    {
        using var head = LeastSquaresHead.Solve(Random(4, 3), tensor(new long[] { 0, 1, 0, 1 }), 2);
        using var other = Linear(3, 4);
        using var noBias = Linear(3, 2, hasBias: false);
        var before = Nets.Bits(other);
        head.Invoking(h => h.ApplyTo(other)).Should().Throw<ArgumentException>().WithMessage("The layer's weight is [4, 3], the solution's [2, 3].*");
        head.Invoking(h => h.ApplyTo(noBias)).Should().Throw<ArgumentException>().WithMessage("The layer has no bias*");
        head.Invoking(h => h.ApplyTo(null!)).Should().Throw<ArgumentNullException>();
        Nets.Bits(other).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var (features, labels) = (Random(4, 3), zeros(4, ScalarType.Int64));
        Refused<ArgumentNullException>(null!, labels, "*features*");
        Refused<ArgumentNullException>(features, null!, "*labels*");
        Refused<ArgumentException>(
            features[0], labels, "Features are [n, D] of type Float32 or Float64, n and D at least 1, but these are [3] of type Float64.*");
        Refused<ArgumentException>(zeros(0, 3), zeros(0, ScalarType.Int64), "*but these are [0, 3] of type Float32.*");
        Refused<ArgumentException>(zeros(4, 0), labels, "*but these are [4, 0] of type Float32.*");
        Refused<ArgumentException>(features.to(ScalarType.Float16), labels, "*of type Float16.*");
        Refused<ArgumentException>(
            features, zeros(3, ScalarType.Int64), "Labels are [4] of type Int64, one for each row of features, but these are [3] of type Int64.*");
        Refused<ArgumentException>(features, zeros(4), "Labels are [4] of type Int64*[4] of type Float32.*");
        Refused<ArgumentException>(features, zeros([4, 1], ScalarType.Int64), "*[4, 1] of type Int64.*");
        Refused<ArgumentOutOfRangeException>(features, labels + 2, "Label 2 has no unit: there are 2, counted from 0.*");
        Refused<ArgumentOutOfRangeException>(features, labels - 1, "Label -1 has no unit*");
        Refused<ArgumentOutOfRangeException>(features, labels, "units*", units: 0);
        foreach (var bad in new[] { double.NaN, double.NegativeInfinity })
        {
            var broken = features.clone();
            broken[2, 1] = bad;
            Refused<ArgumentException>(broken, labels, "A feature is NaN or infinite, so there is no solution.*");
        }
    }

    [Fact]
    public void Only_the_solution_outlives_the_call()
    {
        var (features, labels) = (Random(20, 5), arange(20, ScalarType.Int64) % 3);
        LeastSquaresHead.Solve(features, labels, 3).Dispose(); // compiles
        var before = LiveTensors.BeforeTest();
        var head = LeastSquaresHead.Solve(features, labels, 3);
        Tensor.TotalCount.Should().Be(before + 2);
        head.Dispose();
        Tensor.TotalCount.Should().Be(before);
    }

    private static void Compare(string name, ScalarType type, double tolerance)
    {
        var (features, labels, units, solution, rank) = Cases[name];
        using var head = LeastSquaresHead.Solve(Matrix(features).to(type), tensor(labels), units);
        head.Weight.dtype.Should().Be(type);
        head.Weight.shape.Should().Equal(units, features[0].Length);
        head.Rank.Should().Be(rank);
        var expected = Matrix(solution);
        var found = cat([head.Weight, head.Bias.unsqueeze(1)], 1).t().to(ScalarType.Float64);
        Largest(found - expected).Should().BeLessThan(tolerance * Math.Max(1, Largest(expected)));
    }

    private static void Refused<TException>(Tensor features, Tensor labels, string message, int units = 2)
        where TException : ArgumentException =>
        FluentActions.Invoking(() => LeastSquaresHead.Solve(features, labels, units)).Should().ThrowExactly<TException>().WithMessage(message);

    private static Tensor Matrix(double[][] rows) => stack(rows.Select(row => tensor(row)));

    private static double Largest(Tensor values) => values.abs().max().item<double>();

    private static Tensor Random(long rows, long columns)
    {
        using var generator = new Generator(7);
        return randn([rows, columns], ScalarType.Float64, generator: generator);
    }

    private sealed record Fixture(double[][] Features, long[] Labels, int Units, double[][] Solution, int Rank);
}
