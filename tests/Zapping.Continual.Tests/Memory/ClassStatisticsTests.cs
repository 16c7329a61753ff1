using FluentAssertions;
using Xunit;
using Zapping.Continual.Memory;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Memory;

public sealed class ClassStatisticsTests
{
    [Theory]
    [InlineData(CovarianceKind.Full)]
    [InlineData(CovarianceKind.Diagonal)]
    [InlineData(CovarianceKind.Shared)]
    [InlineData(CovarianceKind.LowRank)]
    public void Mean_and_covariance_of_a_square_are_those_computed_by_hand(CovarianceKind kind)
    {
        using var scope = NewDisposeScope();
        using var statistics = new ClassStatistics(kind, rank: 1);

        statistics.Observe(tensor(new float[,] { { 0, 0 }, { 2, 0 }, { 0, 2 }, { 2, 2 } }), zeros(4, ScalarType.Int64));

        statistics.Mean(0).data<double>().ToArray().Should().Equal(1, 1);
        Near(statistics.Covariance(0), (4.0 / 3) + 1e-4, 0, 0, (4.0 / 3) + 1e-4);
    }

    [Fact]
    public void A_shared_covariance_is_pooled_over_classes()
    {
        using var scope = NewDisposeScope();
        using var statistics = new ClassStatistics();

        statistics.Observe(tensor(new float[,] { { 0 }, { 2 } }), tensor(new long[] { 1, 1 })); // scatter 2
        statistics.Observe(tensor(new float[,] { { 0 }, { 3 }, { 6 } }), tensor(new long[] { 5, 5, 5 })); // scatter 18

        statistics.Classes.Should().Equal(1, 5);
        Near(statistics.Covariance(1), (20.0 / 3) + 1e-4);
        Near(statistics.Covariance(5), (20.0 / 3) + 1e-4);
    }

    [Fact]
    public void A_low_rank_keeps_the_widest_directions_and_the_mean_of_the_others()
    {
        using var scope = NewDisposeScope();
        using var statistics = new ClassStatistics(CovarianceKind.LowRank, rank: 1);

        // variances 200/3, 2 · 2²/3 · … : of (±10, 0, 0), (0, ±1, 0) the scatter is 200, 2, 0, divided by 3
        statistics.Observe(tensor(new float[,] { { 10, 0, 0 }, { -10, 0, 0 }, { 0, 1, 0 }, { 0, -1, 0 } }), zeros(4, ScalarType.Int64));

        Near(statistics.Covariance(0), (200.0 / 3) + 1e-4, 0, 0, 0, (1.0 / 3) + 1e-4, 0, 0, 0, (1.0 / 3) + 1e-4);
    }

    [Fact]
    public void Draws_have_the_mean_and_the_covariance_and_equal_seeds_equal_bits()
    {
        using var scope = NewDisposeScope();
        using var statistics = new ClassStatistics(CovarianceKind.Full);
        using var generator = new Generator(3);
        var features = randn([50, 2], generator: generator).matmul(tensor(new float[,] { { 2, 1 }, { 0, 1 } }));
        statistics.Observe(features, full(50, 2, ScalarType.Int64));

        const int Count = 100_000;
        var drawn = statistics.Sample(Count, seed: 4, scaleOfClass: _ => 0.5);

        var values = drawn.Inputs.to(ScalarType.Float64);
        var covariance = statistics.Covariance(2);
        var deviation = covariance.diag().sqrt() / Math.Sqrt(Count);
        ((values.mean([0]) - (statistics.Mean(2) * 0.5)).abs() / deviation).max().item<double>().Should().BeLessThan(4, "standard errors");
        ((values.t().cov() - covariance).abs() / (deviation.unsqueeze(1) * deviation.unsqueeze(0) * Math.Sqrt(2 * Count))).max().item<double>().Should().BeLessThan(4);
        drawn.Labels.eq(2).all().item<bool>().Should().BeTrue();
        statistics.Sample(5, 4, 1).Inputs.data<float>().ToArray().Should().Equal(statistics.Sample(5, 4, 1).Inputs.data<float>().ToArray())
            .And.NotEqual(statistics.Sample(5, 4, 2).Inputs.data<float>().ToArray());
    }

    [Theory]
    [InlineData(CovarianceKind.Full)]
    [InlineData(CovarianceKind.Diagonal)]
    [InlineData(CovarianceKind.Shared)]
    [InlineData(CovarianceKind.LowRank)]
    public void What_is_saved_comes_back_in_bits(CovarianceKind kind)
    {
        using var scope = NewDisposeScope();
        using var statistics = new ClassStatistics(kind, 2);
        using var resumed = new ClassStatistics(kind, 2);
        var data = Toy.Data(classes: 3, perClass: 6);
        statistics.Observe(data.Inputs, data.Labels);

        resumed.Load(statistics.Save().ToDictionary(own => own.Key, own => own.Value, StringComparer.Ordinal));

        resumed.Sample(4, 1).Inputs.data<float>().ToArray().Should().Equal(statistics.Sample(4, 1).Inputs.data<float>().ToArray());
    }

    [Fact]
    public void What_is_not_finite_or_comes_twice_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var statistics = new ClassStatistics();
        var data = Toy.Data(classes: 2, perClass: 3);
        statistics.Observe(data.Inputs, data.Labels);

        statistics.Invoking(own => own.Observe(data.Inputs, data.Labels + 1)).Should().Throw<ArgumentException>().WithMessage("Class 1 has been observed before*");
        statistics.Invoking(own => own.Observe(full([2, 4], float.PositiveInfinity), full(2, 7, ScalarType.Int64))).Should().Throw<ArgumentException>()
            .WithMessage("Features of class 7 (2 examples) are NaN or infinite*");
        statistics.Invoking(own => own.Observe(zeros(2, 3), full(2, 7, ScalarType.Int64))).Should().Throw<ArgumentException>().WithMessage("Features of class 7 are [n, 3], and those of before were [n, 4]*");
        statistics.Classes.Should().Equal(0, 1);
    }

    private static void Near(Tensor values, params double[] wanted) =>
        values.flatten().data<double>().ToArray().Zip(wanted).Should().HaveCount(wanted.Length).And.OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-9);
}
