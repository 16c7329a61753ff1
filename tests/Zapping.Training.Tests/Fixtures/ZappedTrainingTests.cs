using System.Text.Json;
using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Fixtures;

/// <summary>Training with a zap in the middle equals PyTorch's; zapped_training.py made the fixture.</summary>
public sealed class ZappedTrainingTests
{
    private static readonly JsonSerializerOptions Lowercase = new() { PropertyNameCaseInsensitive = true };

    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, OptimizerHelper>> Optimizers = new(StringComparer.Ordinal)
    {
        ["adam"] = p => optim.Adam(p, 1e-2),
        ["adam_slice"] = p => optim.Adam(p, 1e-2),
        ["adamw"] = p => optim.AdamW(p, 1e-2, weight_decay: 0.1),
        ["sgd_momentum"] = p => optim.SGD(p, 5e-2, momentum: 0.9),
    };

    public static TheoryData<string> Cases => [.. Optimizers.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_precision_equals_PyTorch_to_1e_10(string name) => Train(name, ScalarType.Float64, 1e-10);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Single_precision_equals_PyTorch_to_1e_5(string name) => Train(name, ScalarType.Float32, 1e-5);

    private static void Train(string name, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "zapped_training.json");
        var fixture = JsonSerializer.Deserialize<Fixture>(File.ReadAllText(path), Lowercase)!;
        var head = Linear(27, 5);
        var net = Sequential(
            ("conv", Conv2d(1, 3, 3, bias: false)), ("norm", InstanceNorm2d(3, affine: true)), ("relu", ReLU()), ("pool", MaxPool2d(2)),
            ("flatten", Flatten()), ("head", head));
        net.to(type);
        using (no_grad())
        {
            foreach (var (parameter, values) in net.parameters().Zip(fixture.Initial))
            {
                parameter.copy_(tensor(values).reshape(parameter.shape));
            }
        }

        using var optimizer = Optimizers[name](net.parameters());
        var given = new GivenRewriter(target => target.Values.copy_(tensor(fixture.Noise).reshape(target.Values.shape)));
        var state = name == "adam_slice" ? OptimizerStateReset.Slice : OptimizerStateReset.Keep;
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(
            new ResetSchedule(BoundaryKind.StepBoundary) { From = 2, AtMost = 1 },
            new ZapOptions { Units = UnitSelection.Indices(fixture.Rows), Weights = given, OptimizerState = state });

        foreach (var (inputs, labels) in fixture.Inputs.Zip(fixture.Labels))
        {
            trainer.TrainStep(tensor(inputs).reshape(4, 1, 8, 8).to(type), tensor(labels));
        }

        foreach (var (parameter, expected) in net.parameters().Zip(fixture.Final[name]))
        {
            var actual = parameter.detach().to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
            actual.Zip(expected, (a, e) => Math.Abs(a - e)).Max().Should().BeLessThan(tolerance);
        }
    }

    private sealed record Fixture(
        int[] Rows, double[] Noise, double[][] Inputs, long[][] Labels, double[][] Initial, Dictionary<string, double[][]> Final);
}
