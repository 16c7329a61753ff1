using TorchSharp.Modules;
using Zapping.Training.Conformance;
using Zapping.Training.Data;
using Zapping.Training.Parameters;
using Zapping.Training.Policies;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies;

/// <summary>Goes half of the way to other weights, so nothing is random.</summary>
public sealed class ShrinkAndReturnConformance : PolicyConformance
{
    private static readonly ParameterSnapshot Aim = ParameterSnapshot.Capture(ConformanceModel.Create(seed: 7));

    protected override string? RandomParameter => null;

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new ShrinkAndPerturbPolicy(new() { Shrink = 0.5, Perturb = 0.5, Toward = Aim, OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => true;
}

public sealed class FullResetConformance : PolicyConformance
{
    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new FullResetPolicy(new() { OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => true;
}

public sealed class FireConformance : PolicyConformance
{
    protected override string? RandomParameter => null;

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new FirePolicy(new() { OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => parameter.EndsWith("weight", StringComparison.Ordinal);
}

/// <summary>The smallest tenth of each weight.</summary>
public sealed class SelectiveWeightConformance : PolicyConformance
{
    private static readonly Dictionary<string, HashSet<int>> Smallest = ConformanceModel.Create().named_parameters()
        .Where(own => own.parameter.dim() == 2)
        .ToDictionary(own => own.name, own => SmallestTenth(own.parameter), StringComparer.Ordinal);

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) => new SelectiveWeightPolicy(new()
    {
        Utility = WeightUtility.Magnitude,
        Choice = WeightChoice.Proportional,
        Factor = 0.1,
        Parameters = ParameterFilter.Where(name => name.EndsWith("weight", StringComparison.Ordinal)),
        OptimizerState = optimizerState,
    });

    protected override bool Writes(string parameter, int row, int column) =>
        Smallest.TryGetValue(parameter, out var entries) && entries.Contains((row * (parameter == "body.weight" ? 6 : ConformanceModel.Features)) + column);

    private static HashSet<int> SmallestTenth(Tensor weight)
    {
        var values = weight.detach().reshape(-1).data<float>().ToArray();
        return [.. Enumerable.Range(0, values.Length).OrderBy(i => Math.Abs(values[i])).Take(values.Length / 10)];
    }
}

public sealed class DashConformance : PolicyConformance
{
    protected override string? RandomParameter => null;

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) => new DashPolicy(
        model,
        (outputs, labels) => nn.functional.cross_entropy(outputs.to(ScalarType.Float32), labels),
        () => [new LabeledBatch(ConformanceModel.ExampleInput(model), tensor([3L]))],
        new() { OptimizerState = optimizerState, Floor = 0.5 });

    protected override bool Writes(string parameter, int row, int column) => true;
}

/// <summary>A tortoise at twice the weights, to which the model returns at once.</summary>
public sealed class HareAndTortoiseConformance : PolicyConformance
{
    protected override string? RandomParameter => null;

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState)
    {
        var policy = Doubled.Of(model, () => new HareAndTortoisePolicy(model, new() { ReturnEvery = 1, Decay = 0.5, OptimizerState = optimizerState }));
        using var noGrad = no_grad();
        policy.State.Single(own => own.Key == "steps").Value.fill_(1);
        return policy;
    }

    protected override bool Writes(string parameter, int row, int column) => true;
}

/// <summary>Three of five units of the body, and four of eight of the head with three of their five inputs, stay.</summary>
public sealed class MaskedResetConformance : PolicyConformance
{
    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new MaskedResetPolicy(new() { Keep = 0.5, OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => parameter switch
    {
        "body.weight" or "body.bias" => row >= 3,
        "head.weight" => row >= 4 || column >= 3,
        _ => row >= 4,
    };
}

/// <summary>So narrow that every entry is clipped.</summary>
public sealed class WeightClippingConformance : PolicyConformance
{
    protected override string? RandomParameter => null;

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new WeightClippingPolicy(model, new() { Multiple = 1e-4, Bound = ClippingBound.InitialMaximum, OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => true;
}

/// <summary>To the norms of twice the weights.</summary>
public sealed class NormProjectionConformance : PolicyConformance
{
    protected override string? RandomParameter => null;

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        Doubled.Of(model, () => new NormProjectionPolicy(model, new() { OptimizerState = optimizerState }));

    protected override bool Writes(string parameter, int row, int column) => parameter.EndsWith("weight", StringComparison.Ordinal);
}

/// <summary>For policies that remember how the model was: it was twice as large, which changes no bit of it.</summary>
internal static class Doubled
{
    public static T Of<T>(nn.Module model, Func<T> make)
    {
        Scale(2);
        var made = make();
        Scale(0.5);
        return made;

        void Scale(double factor)
        {
            using var noGrad = no_grad();
            foreach (Parameter parameter in model.parameters())
            {
                parameter.mul_(factor);
            }
        }
    }
}
