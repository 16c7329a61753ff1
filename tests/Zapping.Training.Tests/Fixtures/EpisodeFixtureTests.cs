using System.Text.Json;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Fixtures;

/// <summary>Zapped episodes equal PyTorch's, Adam's moments included; episodes.py made the fixture.</summary>
public sealed class EpisodeFixtureTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Fixture Expected = JsonSerializer.Deserialize<Fixture>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "episodes.json")),
        SnakeCase)!;

    public static TheoryData<string, int, bool> Cases => new(
        from name in Expected.Results.Keys
        from every in new[] { 1, 5, 20 }
        where every == 1 || name is "meta plain" or "meta split"
        from folded in new[] { false, true }
        select (name, every, folded));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_precision_equals_PyTorch_to_1e_10(string name, int keepEvery, bool folded) => Train(name, keepEvery, folded, ScalarType.Float64, 1e-10);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Single_precision_equals_PyTorch_to_1e_5(string name, int keepEvery, bool folded) => Train(name, keepEvery, folded, ScalarType.Float32, 1e-5);

    private static void Train(string name, int keepEvery, bool folded, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var gated = name.Contains("split", StringComparison.Ordinal);
        var net = new EpisodicNet(gated, type);
        Copy(Expected.Start[gated ? "split" : "plain"], net);
        using var adam = optim.Adam(net.parameters(), Expected.OuterRate);
        var noise = new Queue<double[]>(Expected.Episodes.Select(e => e.Noise));
        using var trainer = Make(name, net, adam, keepEvery, folded ? Nets.HeadOf(net) : null).UseZapping(every: BoundaryKind.ClassBoundary, options =>
        {
            options.Head = Nets.Head;
            options.Weights = new GivenRewriter(target => target.Values.copy_(tensor(noise.Dequeue()).reshape(target.Values.shape)));
        });

        var result = Expected.Results[name];
        foreach (var (given, loss) in Expected.Episodes.Zip(result.Losses))
        {
            trainer.TrainEpisode(EpisodeOf(given, type)).Should().BeApproximately(loss, tolerance);
        }

        var moments = adam.state_dict().State.Cast<Adam.State>().ToList();
        var index = 0;
        foreach (var (parameterName, parameter) in net.named_parameters())
        {
            Difference(parameter, result.Weights[parameterName]).Should().BeLessThan(tolerance, parameterName);
            Difference(moments[index].exp_avg, result.ExpAvg[parameterName]).Should().BeLessThan(tolerance, parameterName);
            Difference(moments[index++].exp_avg_sq, result.ExpAvgSq[parameterName]).Should().BeLessThan(tolerance, parameterName);
        }
    }

    private static EpisodicTrainer Make(string name, EpisodicNet net, optim.Optimizer adam, int keepEvery, Linear? folded)
    {
        var inner = name.Contains("split", StringComparison.Ordinal) ? EpisodicNet.Moving : ParameterFilter.All;
        return name.StartsWith("asb", StringComparison.Ordinal)
            ? new AsbTrainer(net, adam, new AsbOptions
            {
                InnerLearningRate = Expected.InnerRate,
                InnerParameters = inner,
                FusedUpdateLayer = folded,
                AccumulateInnerGradients = name.EndsWith("piled", StringComparison.Ordinal),
            })
            : new MetaAsbTrainer(net, adam, new MetaAsbOptions
            {
                InnerLearningRate = Expected.InnerRate,
                InnerParameters = inner,
                FusedUpdateLayer = folded,
                FirstOrder = name.EndsWith("first order", StringComparison.Ordinal),
                WeightSnapshotInterval = keepEvery,
            });
    }

    private static Episode EpisodeOf(GivenEpisode given, ScalarType type)
    {
        var images = tensor(given.Images).reshape(-1, 1, 6, 6).to(type);
        var labels = tensor(given.Labels);
        var all = new LabeledBatch(images, labels);
        return new Episode(given.Label, Part(0, 20), Part(20, 10), all);

        LabeledBatch Part(int first, int count) => new(images.narrow(0, first, count), labels.narrow(0, first, count));
    }

    private static void Copy(Dictionary<string, double[]> weights, EpisodicNet net)
    {
        using var noGrad = no_grad();
        foreach (var (name, parameter) in net.named_parameters())
        {
            parameter.copy_(tensor(weights[name]).reshape(parameter.shape));
        }
    }

    private static double Difference(Tensor actual, double[] expected) => actual.detach().to(ScalarType.Float64).reshape(-1)
        .data<double>().ToArray().Zip(expected, (a, e) => Math.Abs(a - e)).Max();

    private sealed record GivenEpisode(int Label, double[] Noise, double[] Images, long[] Labels);

    private sealed record Result(
        double[] Losses,
        Dictionary<string, double[]> Weights,
        Dictionary<string, double[]> ExpAvg,
        Dictionary<string, double[]> ExpAvgSq);

    private sealed record Fixture(
        double InnerRate,
        double OuterRate,
        GivenEpisode[] Episodes,
        Dictionary<string, Dictionary<string, double[]>> Start,
        Dictionary<string, Result> Results);
}
