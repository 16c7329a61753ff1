using CsCheck;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies;

/// <summary>Policies of any options: made and run, or refused by name; a model is reset or keeps every bit.</summary>
/// <remarks>On one thread: on two, a native call was now and then seen to get a Scalar that holds nothing.</remarks>
public sealed class PolicyOptionsFuzzTests
{
    private static readonly Gen<OptimizerStateReset> States = Odd.Enums<OptimizerStateReset>();

    private static readonly Gen<Initializer> Initializers = Odd.OrNull(Odd.Of<Func<Initializer>>(
        () => Initializer.KaimingNormal(), () => Initializer.XavierUniform(), () => Initializer.LayerDefault(), () => Initializer.LayerDefault(long.MaxValue),
        () => Initializer.Constant(double.MaxValue), () => Initializer.Normal(0, double.MaxValue), () => Initializer.ShrinkAndPerturb(0, double.MaxValue)).Select(make => make()));

    private static readonly Gen<Func<string, bool>> Layers = Odd.OrNull(Odd.Of<Func<string, bool>>(_ => true, name => name.StartsWith("body", StringComparison.Ordinal)));
    private static readonly Gen<ParameterFilter> Parameters = Odd.OrNull(Odd.Of(ParameterFilter.All, ParameterFilter.WithPrefix("body")));

    [Fact]
    public void Zap() => Gen.Select(
        Odd.OrNull(Odd.Of("head", "body", "relu", "nowhere", "…").Select(HeadSelector.ByName)),
        Odd.OrNull(Units()), Initializers, Odd.Enums<BiasReset>(), States, Gen.Bool).Sample(
        (head, units, weights, bias, state, shared) => Check(_ => new ZapPolicy(new()
        {
            Head = head,
            Units = units,
            Weights = weights,
            Bias = bias,
            OptimizerState = state,
            AllowSharedWeights = shared,
        }),
        ("Head", head is not null), ("Units", units is not null), ("Weights", weights is not null), ("Bias", Enum.IsDefined(bias)), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Shrink_and_perturb() => Gen.Select(Odd.Doubles, Odd.Doubles, Parameters, States).Sample(
        (shrink, perturb, parameters, state) => Check(
            _ => new ShrinkAndPerturbPolicy(new() { Shrink = shrink, Perturb = perturb, Parameters = parameters, OptimizerState = state }),
            ("Shrink", Odd.IsUnit(shrink)), ("Perturb", Odd.IsUnit(perturb)), ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Dormant_units() => Gen.Select(Odd.Doubles, Layers, Initializers, States, Odd.Ints).Sample(
        (threshold, layers, weights, state, every) => Check(
            net => new ReDoPolicy(
                UnitGraph.Trace(net, Nets.Example(net)),
                new() { Threshold = threshold, Layers = layers, Weights = weights, OptimizerState = state, SampleEvery = every }),
            ("Threshold", Odd.IsUnit(threshold)), ("Layers", layers is not null), ("Weights", weights is not null), OfState(state), ("SampleEvery", every > 0)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Continual_backprop() => Gen.Select(Odd.Doubles, Odd.Longs, Odd.Doubles, Initializers, States, Odd.Ints, Gen.Bool, Gen.Bool).Sample(
        (rate, maturity, decay, weights, state, every, takesOver, feed) => Check(
            net => new ContinualBackpropPolicy(UnitGraph.Trace(net, Nets.Example(net)), new()
            {
                ReplacementRate = rate,
                MaturityThreshold = maturity,
                Decay = decay,
                Weights = weights,
                OptimizerState = state,
                SampleEvery = every,
                BiasTakesOver = takesOver,
                NewUnitsFeedNewUnits = feed,
            }),
            ("ReplacementRate", Odd.IsUnit(rate)), ("MaturityThreshold", maturity >= 0), ("Decay", decay is >= 0 and < 1),
            ("Weights", weights is not null), OfState(state), ("SampleEvery", every > 0)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Self_normalized_resets() => Gen.Select(Odd.Doubles, Gen.Select(Odd.Ints, Odd.Ints, Odd.Ints), Odd.Ints, Odd.Ints, Odd.Ints, Layers, Initializers, States).Sample(
        (quantile, silence, every, expansion, evidence, layers, weights, state) =>
        {
            var (initial, minimum, maximum) = silence;
            (string, bool)[] rules =
            [
                ("Quantile", quantile is >= 0 and < 1), ("InitialSilence", IsSilence(initial)), ("MinimumSilence", IsSilence(minimum)), ("MaximumSilence", IsSilence(maximum)),
                ("UpdateEvery", every > 0), ("Expansion", IsSilence(expansion)), ("EvidenceRequired", evidence >= 0), ("Layers", layers is not null),
                ("Weights", weights is not null), OfState(state),
            ];
            Check(
                net => new SelfNormalizedResetPolicy(UnitGraph.Trace(net, Nets.Example(net)), new()
                {
                    Quantile = quantile,
                    InitialSilence = initial,
                    MinimumSilence = minimum,
                    MaximumSilence = maximum,
                    UpdateEvery = every,
                    Expansion = expansion,
                    EvidenceRequired = evidence,
                    Layers = layers!,
                    Weights = weights!,
                    OptimizerState = state,
                }),
                rules.All(rule => rule.Item2) ? [("InitialSilence", initial >= minimum && initial <= maximum)] : rules);
        },
        iter: Fuzz.Iterations(300),
        threads: 1);

    [Fact]
    public void ReGraMa() => Gen.Select(Odd.Doubles, Odd.Doubles, Odd.Doubles, Odd.Ints, Odd.Ints, Layers, Initializers, States).Sample(
        (threshold, decay, share, every, age, layers, weights, state) => Check(
            net => new ReGraMaPolicy(UnitGraph.Trace(net, Nets.Example(net)), new()
            {
                Threshold = threshold,
                Decay = decay,
                AtMostShare = share,
                RenewEvery = every,
                MinimumAge = age,
                Layers = layers,
                Weights = weights,
                OptimizerState = state,
            }),
            ("Threshold", Odd.IsUnit(threshold)), ("Decay", decay is >= 0 and < 1), ("AtMostShare", Odd.IsUnit(share)), ("RenewEvery", every > 0), ("MinimumAge", age >= 0),
            ("Layers", layers is not null), ("Weights", weights is not null), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Embeddings() => Gen.Select(Odd.OrNull(Odd.Of<Func<string, bool>>(_ => true, name => name == "words.0")), Initializers, Odd.Ints, States, Gen.Bool).Sample(
        (names, weights, padding, state, shared) => Check(
            net => new EmbeddingResetPolicy(net, new() { Embeddings = names!, Weights = weights!, PaddingRow = padding, OptimizerState = state, AllowSharedWeights = shared }),
            Nets.WithEmbedding,
            names is null || weights is null || padding < 0 || !Enum.IsDefined(state)
                ? [("Embeddings", names is not null), ("Weights", weights is not null), ("PaddingRow", padding >= 0), OfState(state)]
                : [("PaddingRow", padding < 4)]),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Later_layers() => Gen.Select(
        Odd.OrNull(Odd.Of(1, 2).Select(LayerRange.Last)), Initializers, Odd.Enums<BiasReset>(), States).Sample(
        (layers, weights, bias, state) => Check(
            net => new LaterLayerForgettingPolicy(net, Nets.Example(net), new() { Layers = layers, Weights = weights, Bias = bias, OptimizerState = state }),
            ("Layers", layers is not null), ("Weights", weights is not null), ("Bias", Enum.IsDefined(bias)), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Full_resets() => Gen.Select(Parameters, Gen.Bool, States).Sample(
        (parameters, statistics, state) => Check(
            _ => new FullResetPolicy(new() { Parameters = parameters, RunningStatistics = statistics, OptimizerState = state }),
            ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(50),
        threads: 1);

    [Fact]
    public void Fire() => Gen.Select(Odd.Ints, Gen.Bool, Parameters, Gen.Bool, States).Sample(
        (iterations, scale, parameters, shared, state) => Check(
            _ => new FirePolicy(new() { Iterations = iterations, Scale = scale, Parameters = parameters, AllowSharedWeights = shared, OptimizerState = state }),
            ("Iterations", iterations is >= 1 and <= 100), ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Selective_weights() => Gen.Select(Odd.Enums<WeightUtility>(), Odd.Enums<WeightChoice>(), Odd.Doubles, Odd.Enums<FreshWeight>(), Parameters, States).Sample(
        (utility, choice, factor, fresh, parameters, state) => Check(
            _ => new SelectiveWeightPolicy(new() { Utility = utility, Choice = choice, Factor = factor, Fresh = fresh, Parameters = parameters, OptimizerState = state }),
            ("Utility", Enum.IsDefined(utility)), ("Choice", Enum.IsDefined(choice)),
            ("Factor", factor >= 0 && double.IsFinite(factor) && !(choice == WeightChoice.Proportional && factor > 1 && parameters is not null && Enum.IsDefined(utility) && Enum.IsDefined(fresh) && Enum.IsDefined(state))),
            ("Fresh", Enum.IsDefined(fresh)), ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(300),
        threads: 1);

    [Fact]
    public void Dash() => Gen.Select(Odd.Doubles, Odd.Doubles, Gen.Bool, Parameters, States).Sample(
        (smoothing, floor, biases, parameters, state) => Check(
            net => new DashPolicy(
                net, (outputs, labels) => TorchSharp.torch.nn.functional.cross_entropy(outputs, labels), () => [new(Nets.Example(net), TorchSharp.torch.tensor([1L]))],
                new() { Smoothing = smoothing, Floor = floor, Biases = biases, Parameters = parameters, OptimizerState = state }),
            ("Smoothing", smoothing is >= 1e-9 and <= 1), ("Floor", Odd.IsUnit(floor)), ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Hare_and_tortoise() => Gen.Select(Odd.Doubles, Odd.Longs, States).Sample(
        (decay, every, state) => Check(
            net => new HareAndTortoisePolicy(net, new() { Decay = decay, ReturnEvery = every, OptimizerState = state }),
            ("Decay", decay is >= 0 and <= 1 - 1e-12), ("ReturnEvery", every > 0), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Masked_resets() => Gen.Select(Odd.Doubles, Odd.Enums<KeptWeights>(), Gen.Bool, Initializers, Parameters, States).Sample(
        (keep, mask, same, fresh, parameters, state) => Check(
            _ => new MaskedResetPolicy(new() { Keep = keep, Mask = mask, SameMask = same, Fresh = fresh, Parameters = parameters, OptimizerState = state }),
            ("Keep", keep is >= 1e-9 and <= 1 - 1e-9), ("Mask", Enum.IsDefined(mask)), ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Weight_clipping() => Gen.Select(Odd.Doubles, Odd.Enums<ClippingBound>(), Parameters, States).Sample(
        (multiple, bound, parameters, state) => Check(
            net => new WeightClippingPolicy(net, new() { Multiple = multiple, Bound = bound, Parameters = parameters, OptimizerState = state }),
            ("Multiple", multiple is >= 1e-6 and <= 1e6), ("Bound", Enum.IsDefined(bound)), ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Norm_projection() => Gen.Select(Odd.Doubles, Parameters, States).Sample(
        (strength, parameters, state) => Check(
            net => new NormProjectionPolicy(net, new() { Strength = strength, Parameters = parameters, OptimizerState = state }),
            ("Strength", strength is >= 1e-9 and <= 1), ("Parameters", parameters is not null), OfState(state)),
        iter: Fuzz.Iterations(150),
        threads: 1);

    [Fact]
    public void Numbers_of_layers_and_units() => Odd.Ints.Sample(count =>
    {
        Odd.Made(() => LayerRange.Last(count), ("count", count > 0));
        Odd.Made(() => UnitSelection.Random(count), ("count", count > 0));
        Odd.Made(() => HeadSelector.Single(count), ("classCount", count > 0));
        Odd.Made(() => UnitSelection.Indices(count, 1), ("row", count >= 0 && count != 1));
        Odd.Made(() => Initializer.LayerDefault(count), ("fanIn", count > 0));
    });

    [Fact]
    public void Numbers_of_rewriters() => Gen.Select(Odd.Doubles, Odd.Doubles, Odd.Enums<KaimingFan>()).Sample((first, second, fan) =>
    {
        Odd.Made(() => Initializer.Constant(first), ("value", double.IsFinite(first)));
        Odd.Made(() => Initializer.Normal(first, 1), ("mean", double.IsFinite(first)));
        Odd.Made(() => Initializer.Normal(0, second), ("std", second >= 0 && double.IsFinite(second)));
        Odd.Made(() => Initializer.ShrinkAndPerturb(first, 1), ("shrink", first >= 0 && double.IsFinite(first)));
        Odd.Made(() => Initializer.ShrinkAndPerturb(1, second), ("perturb", second >= 0 && double.IsFinite(second)));
        Odd.Made(() => Initializer.KaimingNormal(fan), ("fan", Enum.IsDefined(fan)));
        Odd.Made(() => Initializer.KaimingUniform(fan), ("fan", Enum.IsDefined(fan)));
    });

    private static Gen<UnitSelection> Units() => Gen.OneOf(
        Gen.Const(UnitSelection.BoundaryClasses), Gen.Const(UnitSelection.All), Odd.Of(1, 8, 9, int.MaxValue).Select(UnitSelection.Random),
        Odd.Of(0, 7, 8, int.MaxValue).Select(unit => UnitSelection.Indices(unit)), Gen.Bool.Select(any => UnitSelection.Where(_ => any)));

    private static bool IsSilence(int runs) => runs is >= 1 and <= 100_000;

    private static (string Option, bool Holds) OfState(OptimizerStateReset state) => ("OptimizerState", Enum.IsDefined(state));

    private static void Check(Func<Sequential, IResetPolicy> make, params (string Option, bool Holds)[] rules) => Check(make, type => Nets.Small(type), rules);

    private static void Check(Func<Sequential, IResetPolicy> make, Func<ScalarType, Sequential> model, params (string Option, bool Holds)[] rules)
    {
        using var net = model(ScalarType.Float32);
        var before = Nets.Bits(net);
        var policy = Odd.Made(() => make(net), rules);
        using var owned = policy as IDisposable;
        Nets.Bits(net).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
        if (policy is null)
        {
            return;
        }

        Nets.Activate(net, 1, 1, 1, -1, 1);
        Nets.Gradients(net);
        var scheduler = Nets.Scheduler(net, policy);
        var refusal = Record.Exception(() => scheduler.Signal(BoundaryKind.ClassBoundary, 2));
        if (refusal is not null)
        {
            (refusal is InvalidOperationException or ArgumentException).Should().BeTrue($"the reset ended in {refusal}");
            Nets.Bits(net).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
            scheduler.State.Should().Be(new ZapSchedulerState(0, 0));
        }
    }
}
