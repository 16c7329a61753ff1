using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Policies;

/// <summary>With each policy, and each kind of optimizer, a run that ends and is resumed has the bits of one that goes on: convolution, batch normalization, flatten and head.</summary>
public sealed class PolicyResumeTests : IDisposable
{
    private const int Half = 5;
    private const int Whole = 12;

    // At each step where that is what a policy is for, and otherwise so that the first reset behind the resume reads what the step before left.
    private static readonly Dictionary<string, Action<ContinualTrainer, LabeledBatch[]>> Policies = new(StringComparer.Ordinal)
    {
        ["full reset"] = (trainer, _) => trainer.UseFullReset(EachFifth),
        ["FIRE"] = (trainer, _) => trainer.UseFire(EachFifth),
        ["selective weights"] = (trainer, _) => trainer.UseSelectiveWeights(EachFifth, options => options.Factor = 0.2),
        ["selective shares"] = (trainer, _) => trainer.UseSelectiveWeights(EachFifth, options => (options.Choice, options.Factor) = (WeightChoice.Proportional, 0.11)),
        ["DASH"] = (trainer, batches) => trainer.UseDash(EachFifth, () => batches),
        ["hare and tortoise"] = (trainer, _) => trainer.UseHareAndTortoise(StepBoundary, options => (options.Decay, options.ReturnEvery) = (0.9, 3)),
        ["masked reset"] = (trainer, _) => trainer.UseMaskedReset(EachFifth, options => options.Mask = KeptWeights.Random),
        ["weight clipping"] = (trainer, _) => trainer.UseWeightClipping(StepBoundary, options => (options.Multiple, options.Bound) = (0.9, ClippingBound.InitialMaximum)),
        ["norm projection"] = (trainer, _) => trainer.UseNormProjection(StepBoundary, options => options.Strength = 0.5),
    };

    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, optim.Optimizer>> Optimizers = new(StringComparer.Ordinal)
    {
        ["SGD with momentum"] = parameters => optim.SGD(parameters, 0.05, momentum: 0.9),
        ["fused SGD"] = parameters => new FusedSgd(parameters, 0.05),
        ["Adam"] = parameters => optim.Adam(parameters, 0.01),
        ["fused Adam"] = parameters => new FusedAdam(parameters, 0.01),
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-policies-");

    public static MatrixTheoryData<string, string> PoliciesAndOptimizers => new(Policies.Keys, Optimizers.Keys);

    private static ResetSchedule EachFifth => new(StepBoundary) { Period = Half, SkipFirst = true, Seed = 7 };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(PoliciesAndOptimizers))]
    public void A_resumed_run_equals_one_that_was_not_interrupted(string policy, string optimizer)
    {
        using var scope = NewDisposeScope();
        using var whole = Run(policy, optimizer);
        whole.Go(Whole);
        PolicyRun.ShouldResumeExactly(whole, () => Run(policy, optimizer), _folder.FullName, Half);
        whole.Resets.Should().BePositive();
        using var plain = Run(null, optimizer);
        plain.Go(Whole);
        Nets.Bits(whole.Net).Should().NotBeEquivalentTo(Nets.Bits(plain.Net), "otherwise nothing is compared");
    }

    private static PolicyRun Run(string? policy, string optimizer) => new(
        Sequential(
            ("conv", Conv2d(1, 4, 3, padding: 1)), ("norm", BatchNorm2d(4)), ("relu", ReLU()), ("pool", MaxPool2d(2)), ("flat", Flatten()),
            ("hidden", Linear(16, 6)), ("relu2", ReLU()), ("head", Linear(6, 3))),
        channels: 1,
        Optimizers[optimizer],
        policy is null ? [] : [Policies[policy]]);
}
