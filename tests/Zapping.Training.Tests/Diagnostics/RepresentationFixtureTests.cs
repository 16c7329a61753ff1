using System.Text.Json;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Diagnostics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Diagnostics;

/// <summary>Representations are measured as numpy and PyTorch measure them; representation.py made the fixture.</summary>
public sealed class RepresentationFixtureTests
{
    private static readonly JsonSerializerOptions Lowercase = new() { PropertyNameCaseInsensitive = true };

    private static readonly Fixture Made = JsonSerializer.Deserialize<Fixture>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Diagnostics", "representation.json")), Lowercase)!;

    public static TheoryData<string> Matrices => [.. Made.Matrices.Keys];

    [Theory]
    [MemberData(nameof(Matrices))]
    public void Statistics_of_features_equal_numpys(string name)
    {
        var expected = Made.Matrices[name];
        using var features = tensor(expected.Values).reshape(expected.Shape);
        Expect(FeatureStatistics.Compute(features), expected);
    }

    [Fact]
    public void A_network_is_measured_as_in_PyTorch()
    {
        using var scope = NewDisposeScope();
        var net = Sequential(
            ("conv1", Conv2d(1, 6, 3)), ("relu1", ReLU()), ("conv2", Conv2d(6, 5, 3)), ("relu2", ReLU()), ("pool", MaxPool2d(2)),
            ("flatten", Flatten()), ("body", Linear(20, 9)), ("relu3", ReLU()), ("head", Linear(9, 4)));
        net.to(ScalarType.Float64);
        using (no_grad())
        {
            foreach (var (parameter, values) in net.parameters().Zip(Made.Parameters))
            {
                parameter.copy_(tensor(values).reshape(parameter.shape));
            }
        }

        var images = tensor(Made.Images).reshape(12, 1, 8, 8);

        var found = new RepresentationProbe(net, images, new RepresentationOptions { Head = HeadSelector.ByName("head") }).Measure();

        found.Layers.Select(layer => layer.Layer).Should().Equal("conv2", "body", "head");
        foreach (var layer in found.Layers)
        {
            var expected = Made.Layers[layer.Layer];
            layer.Units.Should().Be(expected.Units);
            layer.MeanActivation.Should().BeApproximately(expected.Mean, 1e-12);
            layer.DormantFraction.Should().Be((double)expected.Dormant / expected.Units);
            layer.DeadFraction.Should().Be((double)expected.Dead / expected.Units);
        }

        Expect(found.Features, Made.Features);
    }

    // The fixture's singular values of 0 are square roots of rounding errors, 1e-8 of the largest.
    private static void Expect(FeatureStatistics found, Statistics expected)
    {
        found.EffectiveRank.Should().BeApproximately(expected.EffectiveRank, 1e-6);
        found.StableRank.Should().BeApproximately(expected.StableRank, 1e-12);
        found.Srank.Should().Be(expected.Srank);
        found.MeanNorm.Should().BeApproximately(expected.MeanNorm, 1e-12);
    }

    private sealed record Fixture(
        Dictionary<string, Matrix> Matrices, double[][] Parameters, double[] Images, Dictionary<string, Activity> Layers, Statistics Features);

    private record Statistics(double EffectiveRank, double StableRank, int Srank, double MeanNorm);

    private sealed record Matrix(long[] Shape, double[] Values, double EffectiveRank, double StableRank, int Srank, double MeanNorm)
        : Statistics(EffectiveRank, StableRank, Srank, MeanNorm);

    private sealed record Activity(double Mean, int Dormant, int Dead, int Units);
}
