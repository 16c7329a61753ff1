using System.Text.Json;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Optimizers;

/// <summary>A hundred fused steps lead where PyTorch's do; optimizers.py made the fixture.</summary>
public sealed class FusedFixtureTests
{
    private static readonly JsonSerializerOptions Lowercase = new() { PropertyNameCaseInsensitive = true };

    private static readonly Fixture Expected = JsonSerializer.Deserialize<Fixture>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Optimizers", "optimizers.json")), Lowercase)!;

    private static readonly Dictionary<string, Func<Parameter, Parameter, OptimizerHelper>> Makers = new(StringComparer.Ordinal)
    {
        ["Adam"] = (a, b) => new FusedAdam([a, b], 1e-2),
        ["Adam, decay"] = (a, b) => new FusedAdam([a, b], 1e-2, 0.8, 0.95, 1e-6, weight_decay: 0.1),
        ["Adam, amsgrad"] = (a, b) => new FusedAdam([a, b], 1e-2, amsgrad: true),
        ["Adam, maximize"] = (a, b) => new FusedAdam([a, b], 1e-2, weight_decay: 0.1, maximize: true),
        ["Adam, two groups"] = (a, b) => new FusedAdam(
            [new Adam.ParamGroup([a], lr: 2e-2), new Adam.ParamGroup([b], new Adam.Options { beta1 = 0.5, beta2 = 0.9 })], 1e-2),
        ["Adam with gaps"] = (a, b) => new FusedAdam([a, b], 1e-2),
        ["AdamW"] = (a, b) => new FusedAdamW([a, b], 1e-2, weight_decay: 0.1),
        ["AdamW, amsgrad"] = (a, b) => new FusedAdamW([a, b], 1e-2, weight_decay: 0.1, amsgrad: true),
        ["AdamW, maximize"] = (a, b) => new FusedAdamW([a, b], 1e-2, weight_decay: 0.1, maximize: true),
        ["AdamW with gaps"] = (a, b) => new FusedAdamW([a, b], 1e-2, weight_decay: 0.1),
        ["SGD"] = (a, b) => new FusedSgd([a, b], 1e-2),
        ["SGD, decay"] = (a, b) => new FusedSgd([a, b], 1e-2, weight_decay: 0.1),
        ["SGD, momentum"] = (a, b) => new FusedSgd([a, b], 1e-2, momentum: 0.9),
        ["SGD, dampening"] = (a, b) => new FusedSgd([a, b], 1e-2, momentum: 0.9, dampening: 0.5),
        ["SGD, nesterov"] = (a, b) => new FusedSgd([a, b], 1e-2, momentum: 0.9, nesterov: true, weight_decay: 0.1),
        ["SGD, maximize"] = (a, b) => new FusedSgd([a, b], 1e-3, momentum: 0.9, weight_decay: 0.1, maximize: true),
        ["SGD, two groups"] = (a, b) => new FusedSgd(
            [new SGD.ParamGroup([a], lr: 2e-2), new SGD.ParamGroup([b], new SGD.Options { momentum = 0.5 })], 1e-2),
        ["SGD with gaps"] = (a, b) => new FusedSgd([a, b], 1e-2, momentum: 0.9, dampening: 0.5),
    };

    public static TheoryData<string> Cases => [.. Expected.Double.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_precision_equals_PyTorch_to_1e_10(string name) => Train(name, ScalarType.Float64, CPU, 1e-10);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Single_precision_equals_PyTorch_to_1e_6(string name) => Train(name, ScalarType.Float32, CPU, 1e-6);

    [Theory]
    [MemberData(nameof(Cases))]
    public void CUDA_equals_PyTorch_too(string name)
    {
        Assert.SkipUnless(cuda.is_available(), "CUDA is not available");
        Train(name, ScalarType.Float64, CUDA, 1e-10);
        Train(name, ScalarType.Float32, CUDA, 1e-6);
    }

    private static void Train(string name, ScalarType type, Device device, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Start(0, 3, 5), Start(1, 7));
        using var optimizer = Makers[name](a, b);
        for (var step = 0; step < Expected.Steps; step++)
        {
            using var perStep = NewDisposeScope();
            a.grad = Gradient(a, step);
            b.grad = name.EndsWith("gaps", StringComparison.Ordinal) && step % 3 == 0 ? null : Gradient(b, step);
            optimizer.step();
        }

        foreach (var (parameter, expected) in new[] { a, b }.Zip((type == ScalarType.Float64 ? Expected.Double : Expected.Single)[name]))
        {
            (parameter.detach().cpu().to(ScalarType.Float64).reshape(-1) - tensor(expected)).abs().max().item<double>().Should().BeLessThan(tolerance);
        }

        Parameter Start(int index, params long[] shape) => new(tensor(Expected.Start[index]).reshape(shape).to(type).to(device));
    }

    private static Tensor Gradient(Parameter parameter, int step)
    {
        var waves = tensor([.. Enumerable.Range(0, (int)parameter.numel()).Select(entry => Math.Cos(entry + (0.7 * step)))]).reshape(parameter.shape);
        using TorchSharp.Scalar half = 0.5;
        return waves.to(parameter.dtype).to(parameter.device).add(parameter.detach(), alpha: half);
    }

    private sealed record Fixture(
        int Steps, double[][] Start, Dictionary<string, double[][]> Double, Dictionary<string, double[][]> Single);
}
