using Xunit;
using Zapping.Training.Conformance;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies;

/// <summary>Every policy of the library passes every check of the suite that users run for theirs. A new one joins with a class of a few lines.</summary>
public sealed class ConformingPolicies
{
    private static readonly Dictionary<string, PolicyConformance> Suites = new(StringComparer.Ordinal)
    {
        ["zap"] = new ZapConformance(),
        ["shrink and perturb"] = new ShrinkAndPerturbConformance(),
        ["ReDo"] = new ReDoConformance(),
        ["later layers"] = new LaterLayersConformance(),
        ["continual backpropagation"] = new ContinualBackpropConformance(),
        ["shrink and return"] = new ShrinkAndReturnConformance(),
        ["full reset"] = new FullResetConformance(),
        ["FIRE"] = new FireConformance(),
        ["selective weights"] = new SelectiveWeightConformance(),
        ["DASH"] = new DashConformance(),
        ["hare and tortoise"] = new HareAndTortoiseConformance(),
        ["masked reset"] = new MaskedResetConformance(),
        ["weight clipping"] = new WeightClippingConformance(),
        ["norm projection"] = new NormProjectionConformance(),
        ["self-normalized resets"] = new SelfNormalizedResetConformance(),
        ["ReGraMa"] = new ReGraMaConformance(),
        ["embeddings"] = new EmbeddingResetConformance(),
    };

    public static MatrixTheoryData<string, string> PoliciesAndChecks => new(Suites.Keys, PolicyConformance.Checks);

    [Theory]
    [MemberData(nameof(PoliciesAndChecks))]
    public void A_policy_of_the_library_passes(string policy, string check) => Suites[policy].Check(check);
}

public sealed class ZapConformance : PolicyConformance
{
    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new ZapPolicy(new ZapOptions { Head = Nets.Head, Bias = BiasReset.Redraw, OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) =>
        parameter.StartsWith("head", StringComparison.Ordinal) && row == 2;
}

public sealed class ShrinkAndPerturbConformance : PolicyConformance
{
    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new ShrinkAndPerturbPolicy(new ShrinkAndPerturbOptions { OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => true;
}

/// <summary>Unit 3 is dormant: its row of the body and its column of the head are written.</summary>
public sealed class ReDoConformance : PolicyConformance
{
    protected override string RandomParameter => "body.weight";

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) => new ReDoPolicy(
        UnitGraph.Trace(model, ConformanceModel.ExampleInput(model)), new ReDoOptions { OptimizerState = optimizerState, SampleEvery = 1 });

    protected override bool Writes(string parameter, int row, int column) => parameter switch
    {
        "body.weight" or "body.bias" => row == 3,
        "head.weight" => column == 3,
        _ => false,
    };

    protected override void PrepareReset(nn.Module<Tensor, Tensor> model) => ConformanceModel.Activate(model, 1, 1, 1, -1, 1);
}

public sealed class LaterLayersConformance : PolicyConformance
{
    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new LaterLayerForgettingPolicy(model, ConformanceModel.ExampleInput(model), new LaterLayerForgettingOptions { OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => parameter.StartsWith("head", StringComparison.Ordinal);
}

/// <summary>Unit 3 is of least use: its row of the body and its column of the head are written, and all of the head's bias takes it over.</summary>
public sealed class ContinualBackpropConformance : PolicyConformance
{
    protected override string RandomParameter => "body.weight";

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) => new ContinualBackpropPolicy(
        UnitGraph.Trace(model, ConformanceModel.ExampleInput(model)), new() { OptimizerState = optimizerState, MaturityThreshold = 0, ReplacementRate = 0.2 });

    protected override bool Writes(string parameter, int row, int column) => ResetsOptimizerState(parameter, row, column) || parameter == "head.bias";

    protected override bool ResetsOptimizerState(string parameter, int row, int column) => parameter switch
    {
        "body.weight" or "body.bias" => row == 3,
        "head.weight" => column == 3,
        _ => false,
    };

    protected override void PrepareReset(nn.Module<Tensor, Tensor> model) => ConformanceModel.Activate(model, 1, 1, 1, 0.1, 1);
}

/// <summary>Unit 3 is silent, which no unit may be for a run.</summary>
public sealed class SelfNormalizedResetConformance : PolicyConformance
{
    protected override string RandomParameter => "body.weight";

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) => new SelfNormalizedResetPolicy(
        UnitGraph.Trace(model, ConformanceModel.ExampleInput(model)), new() { OptimizerState = optimizerState, InitialSilence = 1, UpdateEvery = 2 });

    protected override bool Writes(string parameter, int row, int column) => parameter switch
    {
        "body.weight" or "body.bias" => row == 3,
        "head.weight" => column == 3,
        _ => false,
    };

    protected override void PrepareReset(nn.Module<Tensor, Tensor> model) => ConformanceModel.Activate(model, 1, 1, 1, -1, 1);
}

/// <summary>Unit 3 gets no gradient.</summary>
public sealed class ReGraMaConformance : PolicyConformance
{
    protected override string RandomParameter => "body.weight";

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) => new ReGraMaPolicy(
        UnitGraph.Trace(model, ConformanceModel.ExampleInput(model)), new() { OptimizerState = optimizerState, MinimumAge = 0, Decay = 0.5 });

    protected override bool Writes(string parameter, int row, int column) => parameter switch
    {
        "body.weight" or "body.bias" => row == 3,
        "head.weight" => column == 3,
        _ => false,
    };

    protected override void PrepareReset(nn.Module<Tensor, Tensor> model)
    {
        var weight = model.get_parameter("body.weight")!;
        using var gradient = ones_like(weight);
        gradient[3] = zeros(1, weight.dtype);
        weight.grad = gradient;
    }
}

/// <summary>All of the embedding is written, and none of the layers behind it.</summary>
public sealed class EmbeddingResetConformance : PolicyConformance
{
    protected override string RandomParameter => "words.0.weight";

    protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new EmbeddingResetPolicy(model, new() { OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => parameter == "words.0.weight";

    protected override nn.Module<Tensor, Tensor> CreateModel(ScalarType type) => Nets.WithEmbedding(type);
}
