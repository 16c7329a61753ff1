using System.Text.Json;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Fixtures;

/// <summary>Training with resets of single units equals PyTorch's; unit_resets.py made the fixture.</summary>
public sealed class UnitResetFixtureTests
{
    private static readonly JsonSerializerOptions Lowercase = new() { PropertyNameCaseInsensitive = true };

    private static readonly Initializer Given = new GivenRewriter(target =>
    {
        var row = linspace(-0.3, 0.4, target.Values[0].numel(), ScalarType.Float64).reshape(target.Values[0].shape);
        target.Values.copy_(row.unsqueeze(0));
    });

    [Theory]
    [InlineData("continual_backprop", ScalarType.Float64, 1e-10)]
    [InlineData("continual_backprop", ScalarType.Float32, 1e-4)]
    [InlineData("continual_backprop_released", ScalarType.Float64, 1e-10)]
    [InlineData("continual_backprop_released", ScalarType.Float32, 1e-4)]
    public void Continual_backpropagation(string name, ScalarType type, double tolerance) => Train(
        name,
        type,
        tolerance,
        Sequential(("a", Linear(5, 6)), ("relu", ReLU()), ("b", Linear(6, 7)), ("relu2", ReLU()), ("head", Linear(7, 3))),
        [8, 5],
        trainer => trainer.UseContinualBackprop(zeros(1, 5, type), BoundaryKind.StepBoundary, o =>
        {
            (o.Decay, o.ReplacementRate, o.MaturityThreshold, o.Weights) = (0.9, 0.1, 3, Given);
            if (name == "continual_backprop_released")
            {
                (o.BiasTakesOver, o.NewUnitsFeedNewUnits) = (false, true);
            }
        }));

    [Theory]
    [InlineData(ScalarType.Float64, 1e-10)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void Recycled_dormant_units(ScalarType type, double tolerance) => Train(
        "redo",
        type,
        tolerance,
        Sequential(("a", Conv2d(1, 5, 3)), ("relu", ReLU()), ("flat", Flatten()), ("b", Linear(80, 6)), ("relu2", ReLU()), ("head", Linear(6, 3))),
        [8, 1, 6, 6],
        trainer => trainer.UseReDo(
            zeros(1, 1, 6, 6, type),
            new ResetSchedule(BoundaryKind.StepBoundary) { From = 3, AtMost = 1 },
            o => (o.Threshold, o.SampleEvery, o.Weights) = (0.6, 1, Given)));

    private static void Train(
        string name, ScalarType type, double tolerance, Module<Tensor, Tensor> net, long[] shape, Action<ContinualTrainer> use)
    {
        using var scope = NewDisposeScope();
        using var model = net;
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "unit_resets.json");
        var fixture = JsonSerializer.Deserialize<Dictionary<string, Fixture>>(File.ReadAllText(path), Lowercase)![name];
        net.to(type);
        using (no_grad())
        {
            foreach (var (parameter, values) in net.parameters().Zip(fixture.Initial))
            {
                parameter.copy_(tensor(values).reshape(parameter.shape));
            }
        }

        using var optimizer = optim.Adam(net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(net, optimizer);
        use(trainer);
        var replaced = new List<string>();
        trainer.Schedulers.Single().ResetCompleted += report => replaced.AddRange(report.Parameters
            .Where(r => r.Parameter is "a.weight" or "b.weight" && r.Slice.IsOfRows)
            .Select(r => $"{r.Parameter}: {string.Join(", ", r.Slice.Indices)}"));
        foreach (var (inputs, labels) in fixture.Inputs.Zip(fixture.Labels))
        {
            trainer.TrainStep(tensor(inputs).reshape(shape).to(type), tensor(labels));
        }

        replaced.Should().Equal(fixture.Resets.SelectMany(Written));
        foreach (var (parameter, expected) in net.parameters().Zip(fixture.Final))
        {
            var actual = parameter.detach().to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
            actual.Zip(expected, (a, e) => Math.Abs(a - e)).Max().Should().BeLessThan(tolerance);
        }
    }

    private static IEnumerable<string> Written(int[][] reset) => reset.Zip(["a.weight", "b.weight"])
        .Where(layer => layer.First.Length > 0).Select(layer => $"{layer.Second}: {string.Join(", ", layer.First)}");

    private sealed record Fixture(int[][][] Resets, double[][] Inputs, long[][] Labels, double[][] Initial, double[][] Final);
}
