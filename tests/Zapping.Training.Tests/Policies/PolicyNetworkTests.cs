using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Optimizers;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Policies;

/// <summary>
/// Every policy on every kind of network that a classifier is made of, and all together with every optimizer and with groups of two rates: training stays finite, parameters stay themselves, and a run that ends and is resumed has the
/// bits of one that goes on.
/// </summary>
public sealed class PolicyNetworkTests : IDisposable
{
    private const int Half = 5;
    private const int Whole = 11;

    private static readonly Dictionary<string, Action<ContinualTrainer, LabeledBatch[]>> Policies = new(StringComparer.Ordinal)
    {
        ["zap"] = (trainer, _) => trainer.UseZapping(Each(3), options => (options.Head, options.Units, options.OptimizerState) = ("head", UnitSelection.Random(2), OptimizerStateReset.Slice)),
        ["later layers"] = (trainer, batches) => trainer.UseLaterLayerForgetting(batches[0].Inputs, Each(3), options => options.Layers = LayerRange.Last(2)),
        ["shrink and perturb"] = (trainer, _) => trainer.UseShrinkAndPerturb(Each(2)),
        ["full reset"] = (trainer, _) => trainer.UseFullReset(Each(5)),
        ["FIRE"] = (trainer, _) => trainer.UseFire(Each(5)),
        ["selective weights"] = (trainer, _) => trainer.UseSelectiveWeights(Each(3), options => options.Factor = 0.2),
        ["DASH"] = (trainer, batches) => trainer.UseDash(Each(5), () => batches),
        ["hare and tortoise"] = (trainer, _) => trainer.UseHareAndTortoise(StepBoundary, options => (options.Decay, options.ReturnEvery) = (0.9, 3)),
        ["masked reset"] = (trainer, _) => trainer.UseMaskedReset(Each(5), options => options.Mask = KeptWeights.Random),
        ["weight clipping"] = (trainer, _) => trainer.UseWeightClipping(StepBoundary, options => (options.Multiple, options.Bound) = (0.95, ClippingBound.InitialMaximum)),
        ["norm projection"] = (trainer, _) => trainer.UseNormProjection(StepBoundary, options => options.Strength = 0.5),
        ["ReDo"] = (trainer, batches) => trainer.UseReDo(batches[0].Inputs, Each(4), options => (options.Threshold, options.SampleEvery) = (0.6, 2)),
        ["continual backpropagation"] = (trainer, batches) => trainer.UseContinualBackprop(batches[0].Inputs, StepBoundary, options => (options.MaturityThreshold, options.ReplacementRate) = (2, 0.1)),
        ["self-normalized resets"] = (trainer, batches) => trainer.UseSelfNormalizedResets(batches[0].Inputs, StepBoundary, options => (options.InitialSilence, options.UpdateEvery) = (1, 3)),
        ["ReGraMa"] = (trainer, batches) => trainer.UseReGraMa(batches[0].Inputs, Each(4), options => (options.Threshold, options.MinimumAge) = (0.5, 0)),
    };

    private static readonly Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Networks = new(StringComparer.Ordinal)
    {
        ["residual blocks with batch normalization"] = () => new Residual(),
        ["depthwise and grouped convolutions with group normalization"] = () => Sequential(
            ("stem", Conv2d(2, 4, 1)), ("relu0", ReLU()), ("depthwise", Conv2d(4, 4, 3, padding: 1, groups: 4)), ("relu1", ReLU()), ("pointwise", Conv2d(4, 6, 1)), ("norm", GroupNorm(3, 6)), ("relu2", ReLU()),
            ("grouped", Conv2d(6, 6, 3, padding: 1, groups: 2)), ("relu3", ReLU()), ("flat", Flatten()), ("head", Linear(96, 3))),
        ["layer normalization"] = () => Sequential(
            ("flat", Flatten()), ("hidden1", Linear(32, 8)), ("norm", LayerNorm(8)), ("relu1", ReLU()), ("hidden2", Linear(8, 6)), ("gelu", GELU()), ("head", Linear(6, 3))),
    };

    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, optim.Optimizer>> Optimizers = new(ManagedOptimizers.All, StringComparer.Ordinal)
    {
        ["Adam, two groups"] = parameters => optim.Adam([new Adam.ParamGroup(Body(parameters), lr: 1e-3), new Adam.ParamGroup(Head(parameters), new Adam.Options { beta1 = 0.5, beta2 = 0.9 })], 1e-2),
        ["fused Adam, two groups"] = parameters => new FusedAdam([new Adam.ParamGroup(Body(parameters), lr: 1e-3), new Adam.ParamGroup(Head(parameters), new Adam.Options { beta1 = 0.5, beta2 = 0.9 })], 1e-2),
        ["SGD, two groups"] = parameters => optim.SGD([new SGD.ParamGroup(Body(parameters), lr: 1e-3), new SGD.ParamGroup(Head(parameters), new SGD.Options { momentum = 0.5 })], 1e-2),
        ["fused SGD, two groups"] = parameters => new FusedSgd([new SGD.ParamGroup(Body(parameters), lr: 1e-3), new SGD.ParamGroup(Head(parameters), new SGD.Options { momentum = 0.5 })], 1e-2),
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-networks-");

    public static MatrixTheoryData<string, string> PoliciesAndNetworks => new(Policies.Keys, Networks.Keys);

    public static TheoryData<string> OptimizerNames => [.. Optimizers.Keys];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(PoliciesAndNetworks))]
    public void A_policy_works_on_a_kind_of_network_and_resumes_exactly(string policy, string network) =>
        ResumesExactly(() => Run(Networks[network](), parameters => new FusedAdam(parameters, 0.01), policy));

    [Theory]
    [MemberData(nameof(OptimizerNames))]
    public void Policies_work_together_with_an_optimizer_and_resume_exactly(string optimizer) =>
        ResumesExactly(() => Run(
            new Residual(), Optimizers[optimizer], "ReDo", "zap", "shrink and perturb", "selective weights", "FIRE", "DASH", "hare and tortoise", "weight clipping", "norm projection"));

    private void ResumesExactly(Func<PolicyRun> create)
    {
        using var scope = NewDisposeScope();
        using var whole = create();
        var identities = whole.Net.parameters().ToList();
        whole.Go(Whole);
        whole.Net.parameters().Should().Equal(identities, "parameters stay themselves");
        whole.Net.parameters().Should().OnlyContain(parameter => parameter.isfinite().all().item<bool>());
        whole.Resets.Should().BePositive("otherwise nothing is shown");
        PolicyRun.ShouldResumeExactly(whole, create, _folder.FullName, Half);
    }

    private static PolicyRun Run(nn.Module<Tensor, Tensor> net, Func<IEnumerable<Parameter>, optim.Optimizer> optimizer, params string[] policies) =>
        new(net, channels: 2, optimizer, policies.Select(policy => Policies[policy]));

    // The head's parameters are the last two.
    private static IEnumerable<Parameter> Body(IEnumerable<Parameter> parameters) => parameters.SkipLast(2);

    private static IEnumerable<Parameter> Head(IEnumerable<Parameter> parameters) => parameters.TakeLast(2);

    private static ResetSchedule Each(int steps) => new(StepBoundary) { Period = steps, SkipFirst = true, Seed = 7 };

    private sealed class Residual : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> stem = Sequential(("conv", Conv2d(2, 4, 3, padding: 1)), ("norm", BatchNorm2d(4)), ("relu", ReLU()));
        private readonly nn.Module<Tensor, Tensor> block = Sequential(
            ("conv1", Conv2d(4, 5, 3, padding: 1, bias: false)), ("norm1", BatchNorm2d(5)), ("relu", ReLU()), ("conv2", Conv2d(5, 4, 3, padding: 1, bias: false)), ("norm2", BatchNorm2d(4)));

        private readonly Linear head = Linear(16, 3);

        public Residual()
            : base("residual") => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var low = stem.call(input);
            var sum = low.add(block.call(low), alpha: One);
            return head.call(functional.avg_pool2d(functional.relu(sum), 2).flatten(1));
        }

        private static readonly Scalar One = 1;
    }
}
