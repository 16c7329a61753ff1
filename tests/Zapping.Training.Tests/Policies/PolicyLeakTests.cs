using FluentAssertions;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies;

[Collection(AloneCollection.Name)]
public sealed class PolicyLeakTests
{
    private static readonly Dictionary<string, Func<nn.Module<Tensor, Tensor>, IResetPolicy>> Makers = new(StringComparer.Ordinal)
    {
        ["zap"] = _ => new ZapPolicy(new() { Head = Nets.Head, Bias = BiasReset.Zero, OptimizerState = OptimizerStateReset.Slice, Units = UnitSelection.Random(3) }),
        ["shrink and perturb"] = _ => new ShrinkAndPerturbPolicy(new() { OptimizerState = OptimizerStateReset.Parameter }),
        ["full reset"] = _ => new FullResetPolicy(),
        ["FIRE"] = _ => new FirePolicy(),
        ["selective weights"] = _ => new SelectiveWeightPolicy(new() { Choice = WeightChoice.Proportional, Factor = 0.15 }),
        ["selective weights at random"] = _ => new SelectiveWeightPolicy(new() { Utility = WeightUtility.Random, Factor = 0.5 }),
        ["DASH"] = net => new DashPolicy(net, (outputs, labels) => nn.functional.cross_entropy(outputs, labels), () => [new(ones(2, 6), zeros(2, ScalarType.Int64))]),
        ["hare and tortoise"] = net => new HareAndTortoisePolicy(net, new() { ReturnEvery = 2 }),
        ["masked reset"] = _ => new MaskedResetPolicy(new() { Mask = KeptWeights.LargestMagnitude }),
        ["weight clipping"] = net => new WeightClippingPolicy(net, new() { Bound = ClippingBound.InitialMaximum, Multiple = 0.9 }),
        ["embeddings"] = net => new EmbeddingResetPolicy(net, new() { PaddingRow = 1 }),
        ["norm projection"] = net => new NormProjectionPolicy(net, new() { Strength = 0.5 }),
    };

    public static TheoryData<string> Policies => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_thousand_resets_leave_as_many_live_tensors_as_ten(string name)
    {
        using var net = name == "embeddings" ? Nets.WithEmbedding() : Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        if (name != "embeddings")
        {
            Nets.Step(net, optimizer); // leaves gradients
        }

        var policy = Makers[name](net);
        using var owned = policy as IDisposable;
        var scheduler = Nets.Scheduler(net, policy, [optimizer]);
        var reports = 0;
        scheduler.ResetCompleted += _ => reports++;
        void Reset(int times)
        {
            for (var i = 0; i < times; i++)
            {
                scheduler.Signal(BoundaryKind.ClassBoundary, i % Nets.Units);
            }
        }

        Reset(10);
        var before = LiveTensors();
        Reset(1000);

        LiveTensors().Should().BeLessThanOrEqualTo(before);
        reports.Should().Be(1010);
    }

    // What earlier tests left to the collector must not be counted in one reading and not in the other.
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    [Theory]
    [InlineData("dormant units")]
    [InlineData("continual backpropagation")]
    [InlineData("self-normalized resets")]
    [InlineData("ReGraMa")]
    public void Forward_passes_and_resets_of_units_leave_nothing_and_disposing_gives_all_back(string name)
    {
        using var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        var none = Training.Tests.Shared.LiveTensors.BeforeTest();
        IResetPolicy policy = name switch
        {
            "dormant units" => new ReDoPolicy(UnitGraph.Trace(net, Nets.Example(net)), new() { Threshold = 0.5, SampleEvery = 2 }),
            "continual backpropagation" => new ContinualBackpropPolicy(UnitGraph.Trace(net, Nets.Example(net)), new() { MaturityThreshold = 1, ReplacementRate = 0.3 }),
            "self-normalized resets" => new SelfNormalizedResetPolicy(UnitGraph.Trace(net, Nets.Example(net)), new() { InitialSilence = 1, UpdateEvery = 3 }),
            _ => new ReGraMaPolicy(UnitGraph.Trace(net, Nets.Example(net)), new() { Threshold = 0.9, Decay = 0.5 }),
        };
        var scheduler = Nets.Scheduler(net, policy, [optimizer]);
        var written = 0;
        scheduler.ResetCompleted += report => written += report.Parameters.Count;
        void Go(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Nets.Activate(net, 1, 0.3, 1, -1, 1);
                if (policy is ReGraMaPolicy)
                {
                    Nets.Gradients(net);
                }

                scheduler.Signal(BoundaryKind.ClassBoundary);
            }
        }

        Go(10);
        var before = LiveTensors();
        Go(200);
        LiveTensors().Should().BeLessThanOrEqualTo(before);
        written.Should().BePositive();
        ((IDisposable)policy).Dispose();
        foreach (var parameter in net.parameters())
        {
            parameter.grad = null;
        }

        LiveTensors().Should().BeLessThanOrEqualTo(none + 12, "the optimizer's moments of four parameters stay");
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void The_global_generator_is_neither_read_nor_advanced(string name)
    {
        IResetPolicy Policy(Module net) => name switch
        {
            "zap" => new ZapPolicy(new ZapOptions { Head = Nets.Head, Bias = BiasReset.Redraw }),
            "embeddings" => new EmbeddingResetPolicy(net),
            _ => new ShrinkAndPerturbPolicy(),
        };
        byte[] After(long globalSeed, bool withOthers)
        {
            using var net = name == "embeddings" ? Nets.WithEmbedding() : Nets.Small();
            if (withOthers)
            {
                using var otherNet = Nets.Small();
                Nets.Scheduler(otherNet, new ShrinkAndPerturbPolicy()).Signal(BoundaryKind.ClassBoundary, 1);
            }

            random.manual_seed(globalSeed);
            using var expected = randn(3);
            random.manual_seed(globalSeed);
            Nets.Scheduler(net, Policy(net)).Signal(BoundaryKind.ClassBoundary, 2);
            using var drawn = randn(3);
            Nets.Bits(drawn).Should().Equal(Nets.Bits(expected));
            return [.. Nets.Bits(net).Values.SelectMany(bits => bits)];
        }

        After(1, withOthers: false).Should().Equal(After(99, withOthers: true));
    }
}
