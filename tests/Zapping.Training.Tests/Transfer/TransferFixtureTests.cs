using System.Text.Json;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

/// <summary>Transfers equal PyTorch's; transfer.py made the fixture.</summary>
public sealed class TransferFixtureTests
{
    private const int Classes = 4;

    private static readonly JsonSerializerOptions Lowercase = new() { PropertyNameCaseInsensitive = true };

    private static readonly Lazy<Fixture> Made = new(() => JsonSerializer.Deserialize<Fixture>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Transfer", "transfer.json")), Lowercase)!);

    public static TheoryData<string> Cases => [.. Made.Value.Cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Double_precision_equals_PyTorch_to_1e_10(string name) => Transfer(name, ScalarType.Float64, 1e-10);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Single_precision_equals_PyTorch_to_1e_4(string name) => Transfer(name, ScalarType.Float32, 1e-4);

    private static void Transfer(string name, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var fixture = Made.Value;
        var net = Sequential(("body", Linear(6, 5)), ("relu", ReLU()), ("head", Linear(5, 6)));
        net.to(type);
        using (no_grad())
        {
            foreach (var (parameter, values) in net.parameters().Zip(fixture.Initial))
            {
                parameter.copy_(tensor(values).reshape(parameter.shape));
            }
        }

        using var task = new TransferTask(Inputs(fixture.Support, type), Inputs(fixture.Query, type), Classes);
        var expected = fixture.Cases[name];

        var result = Run(name.Split(' '), net, task);

        result.Evaluations.Select(evaluation => evaluation.Query.Hits).Should().BeEquivalentTo(expected.Hits, options => options.WithStrictOrdering());
        var logits = net.call(task.Query).to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
        logits.Zip(expected.Logits, (a, e) => Math.Abs(a - e)).Max().Should().BeLessThan(tolerance);
    }

    private static TransferResult Run(string[] words, Module<Tensor, Tensor> net, TransferTask task)
    {
        return words[0] == "sequential"
            ? SequentialTransfer.Run(net, task, With(new SequentialTransferOptions { EvaluationPeriod = 1 }))
            : IidTransfer.Run(net, task, With(new IidTransferOptions { Epochs = 3, EvaluationSteps = [1, 2, 3] }));

        TOptions With<TOptions>(TOptions options)
            where TOptions : FineTuningOptions
        {
            options.Head = HeadSelector.ByName("head");
            options.HeadInitializer = null;
            options.LearningRate = 2e-2;
            options.Trainable = words[1] == "head" ? TrainableParameters.Head : TrainableParameters.All;
            options.ClassMask = words[2] == "task" ? ClassMask.Task : ClassMask.All;
            return options;
        }
    }

    private static Tensor Inputs(double[] values, ScalarType type) => tensor(values).reshape(-1, 6).to(type);

    private sealed record Fixture(double[][] Initial, double[] Support, double[] Query, Dictionary<string, Case> Cases);

    private sealed record Case(int[][] Hits, double[] Logits);
}
