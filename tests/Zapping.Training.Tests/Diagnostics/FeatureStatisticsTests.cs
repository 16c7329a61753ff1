using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Diagnostics;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Diagnostics;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class FeatureStatisticsTests
{
    [Fact]
    public void Two_equal_directions_count_as_two()
    {
        using var features = tensor(new[,] { { 3.0, 0, 0 }, { 0, -3, 0 } });
        Expect(FeatureStatistics.Compute(features), effective: 2, stable: 2, srank: 2, norm: 3);
    }

    [Fact]
    public void Unequal_directions_count_by_their_shares()
    {
        // Singular values 3 and 1: shares 3/4 and 1/4; squares 9 and 1.
        using var features = tensor(new[,] { { 0.0, 3 }, { 1, 0 }, { 0, 0 } });
        var entropy = (0.75 * Math.Log(4.0 / 3)) + (0.25 * Math.Log(4));
        Expect(FeatureStatistics.Compute(features), Math.Exp(entropy), 10.0 / 9, srank: 2, norm: 4.0 / 3);
        FeatureStatistics.Compute(features, srankDelta: 0.25).Srank.Should().Be(1);
        FeatureStatistics.Compute(features, srankDelta: 0.24).Srank.Should().Be(2);
        FeatureStatistics.Compute(features, srankDelta: 1).Srank.Should().Be(1);
        FeatureStatistics.Compute(features, srankDelta: 0).Srank.Should().Be(2);
    }

    [Fact]
    public void The_approximate_rank_is_that_of_the_squares()
    {
        using var unequal = diag(tensor([10.0, 1, 0.05]));
        using var equal = tensor(new[,] { { 3.0, 0, 0 }, { 0, -3, 0 } });

        // 11.05 and 100 + 1 + 0.0025: of the squares the first alone holds 99 %, but 98 % do not suffice of the values.
        FeatureStatistics.Compute(unequal).Should().BeEquivalentTo(new { Srank = 2.0, ApproximateRank = 1.0 });
        FeatureStatistics.Compute(unequal, srankDelta: 0.001).ApproximateRank.Should().Be(2);
        FeatureStatistics.Compute(unequal).EffectiveRank.Should().BeApproximately(1.3940, 1e-4);
        FeatureStatistics.Compute(unequal).StableRank.Should().BeApproximately(1.0100, 1e-4);
        FeatureStatistics.Compute(equal).ApproximateRank.Should().Be(2);
    }

    [Fact]
    public void Features_that_are_all_the_same_have_rank_one()
    {
        using var features = ones(5, 4);
        Expect(FeatureStatistics.Compute(features), 1, 1, 1, 2);
    }

    [Fact]
    public void Silence_has_rank_zero()
    {
        using var features = zeros(5, 4);
        FeatureStatistics.Compute(features).Should().Be(new FeatureStatistics(5, 4, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_not_finite_has_no_rank(double value)
    {
        using var features = tensor(new[,] { { 1, value }, { 0, 1 } });
        var found = FeatureStatistics.Compute(features);
        new[] { found.EffectiveRank, found.StableRank, found.Srank }.Should().AllSatisfy(rank => rank.Should().Be(double.NaN));
        double.IsFinite(found.MeanNorm).Should().BeFalse();
    }

    [Fact]
    public void Ranks_are_in_their_order_and_do_not_depend_on_scale_or_rotation() => Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Gen.ULong).Sample((n, d, seed) =>
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var features = randn([n, d], ScalarType.Float64, generator: generator);
        var found = FeatureStatistics.Compute(features);
        found.StableRank.Should().BeInRange(1 - 1e-12, found.EffectiveRank + 1e-9);
        found.EffectiveRank.Should().BeInRange(1 - 1e-12, Math.Min(n, d) + 1e-9);
        found.Srank.Should().BeInRange(1, Math.Min(n, d));

        var (rotation, _) = linalg.qr(randn([d, d], ScalarType.Float64, generator: generator));
        var turned = FeatureStatistics.Compute(features.matmul(rotation) * 1e3);
        Expect(turned, found.EffectiveRank, found.StableRank, found.Srank, found.MeanNorm * 1e3, 1e-9);
    }, iter: 60, threads: 1);

    [Fact]
    public void What_is_no_matrix_of_features_is_refused()
    {
        using var vector = ones(3);
        using var empty = ones(0, 3);
        using var features = ones(2, 3);
        FluentActions.Invoking(() => FeatureStatistics.Compute(vector)).Should().Throw<ArgumentException>()
            .WithMessage("Features are a matrix [examples, dimensions], but these are [3].*");
        FluentActions.Invoking(() => FeatureStatistics.Compute(empty)).Should().Throw<ArgumentException>()
            .WithMessage("Features are a matrix [examples, dimensions], but these are [0, 3].*");
        FluentActions.Invoking(() => FeatureStatistics.Compute(features, 1.5)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("delta must be from 0 to 1, but is 1.5.*");
        FluentActions.Invoking(() => FeatureStatistics.Compute(features, double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => FeatureStatistics.Compute(null!)).Should().Throw<ArgumentNullException>();
    }

    [Fact]
    public void It_leaves_no_tensors()
    {
        using var features = ones(20, 6);
        FeatureStatistics.Compute(features);
        var before = LiveTensors.BeforeTest();
        FeatureStatistics.Compute(features);
        Tensor.TotalCount.Should().Be(before);
    }

    private static void Expect(FeatureStatistics found, double effective, double stable, double srank, double norm, double tolerance = 1e-12)
    {
        found.EffectiveRank.Should().BeApproximately(effective, tolerance * effective);
        found.StableRank.Should().BeApproximately(stable, tolerance * stable);
        found.Srank.Should().Be(srank);
        found.MeanNorm.Should().BeApproximately(norm, tolerance * norm);
    }
}
