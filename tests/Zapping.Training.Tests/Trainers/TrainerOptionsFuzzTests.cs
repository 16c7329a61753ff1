using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Diagnostics;
using Zapping.Training.Evaluation;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>Trainers, observers and stores of any options: they run, or refuse by name.</summary>
public sealed class TrainerOptionsFuzzTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zapping-options-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Asb() => Gen.Select(Odd.Doubles, Parameters(), Odd.Ints, Gen.Bool).Sample(
        (rate, inner, measure, pile) => Check(
            (net, outer) => new AsbTrainer(net, outer, new() { InnerLearningRate = rate, InnerParameters = inner, MeasurePeriod = measure, AccumulateInnerGradients = pile }),
            OfInner(rate, inner, measure)),
        iter: Fuzz.Iterations(80));

    [Fact]
    public void Meta_asb() => Gen.Select(Odd.Doubles, Parameters(), Odd.Ints, Gen.Bool, Odd.Ints).Sample(
        (rate, inner, measure, first, keep) => Check(
            (net, outer) => new MetaAsbTrainer(net, outer, new()
            {
                InnerLearningRate = rate,
                InnerParameters = inner,
                MeasurePeriod = measure,
                FirstOrder = first,
                WeightSnapshotInterval = keep,
            }),
            [.. OfInner(rate, inner, measure), ("WeightSnapshotInterval", keep > 0)]),
        iter: Fuzz.Iterations(80));

    [Fact]
    public void Verbs() => Gen.Select(Odd.Doubles, Odd.Ints, Odd.Longs, Odd.Longs, Odd.Enums<BoundaryKind>()).Sample(
        (norm, part, every, most, kind) =>
        {
            using var scope = NewDisposeScope();
            using var net = Nets.Small();
            using var optimizer = optim.SGD(net.parameters(), 0.1);
            using var trainer = new ContinualTrainer(net, optimizer);
            Odd.Made(() => trainer.UseGradientClipping(norm), ("maxNorm", norm is > 0 and <= float.MaxValue));
            Odd.Made(() => trainer.UseGradientAccumulation(part), ("size", part > 0));
            Odd.Made(
                () => trainer.UseLaterLayerForgetting(
                    Nets.Example(net), new ResetSchedule(BoundaryKind.StepBoundary) { Period = every, AtMost = most }, later => later.Layers = LayerRange.Last(part > 2 ? 2 : part)),
                ("count", part > 0), ("Period", part <= 0 || every > 0), ("AtMost", part <= 0 || every <= 0 || most >= 0));
            Odd.Made(() => trainer.UseZapping(kind, options => options.Head = Nets.Head), ("Every", Enum.IsDefined(kind)));
            FluentActions.Invoking(() => trainer.TrainStep(rand(5, 6), zeros(5, ScalarType.Int64))).Should().NotThrow();
        },
        iter: Fuzz.Iterations(200));

    [Fact]
    public void Observers_and_curves() => Gen.Select(Odd.Ints, Odd.Longs, Odd.Doubles, Odd.Doubles, Odd.Ints, Odd.Ints).Sample(
        (period, before, tau, delta, window, average) =>
        {
            using var scope = NewDisposeScope();
            using var net = Nets.Small();
            using var optimizer = optim.SGD(net.parameters(), 0.1);
            using var trainer = new ContinualTrainer(net, optimizer);
            var probe = Odd.Made(
                () => new RepresentationProbe(net, rand(3, 6), new() { Head = Nets.Head, DormantThreshold = tau, SrankDelta = delta }),
                ("DormantThreshold", Odd.IsUnit(tau)), ("SrankDelta", Odd.IsUnit(delta)));
            var observer = Odd.Made(
                () => new DiagnosticsObserver(probe ?? new RepresentationProbe(net, rand(3, 6), new() { Head = Nets.Head }), null, new() { Period = period, StepsBefore = before }),
                ("Period", period > 0), ("StepsBefore", before >= 0));
            if (observer is not null)
            {
                trainer.UseObserver(observer);
                FluentActions.Invoking(() => trainer.TrainStep(rand(5, 6), zeros(5, ScalarType.Int64))).Should().NotThrow();
            }

            MetricPoint[] series = [new(0, 1), new(3, 0.5), new(long.MaxValue, 0.2)];
            var curves = Odd.Made(
                () => RecoveryCurve.Cut(series, [2, long.MaxValue - 1], new() { WindowBefore = window, MovingAverage = average }),
                ("WindowBefore", window > 0), ("MovingAverage", average > 0));
            curves?.Select(curve => curve.After.Count).Should().Equal(1, 1);
        },
        iter: Fuzz.Iterations(150));

    [Fact]
    public void Stores_and_retention() => Gen.Select(Odd.Ints, Gen.Bool, Odd.OrNull(Odd.Longs.Array[0, 3]), Odd.Longs, Odd.Of<double?>(null, double.NaN, double.NegativeInfinity, 1)).Sample(
        (last, best, milestones, every, score) =>
        {
            using var store = Odd.Made(
                () => new CheckpointStore(_folder, new() { KeepLast = last, KeepBest = best, KeepSteps = milestones }),
                ("KeepLast", last > 0), ("KeepSteps", milestones is not null));
            if (store is null)
            {
                return;
            }

            using var net = Nets.Small();
            using var optimizer = optim.SGD(net.parameters(), 0.1);
            using var trainer = new ContinualTrainer(net, optimizer);
            Odd.Made(() => trainer.UseCheckpoints(store, every), ("everySteps", every > 0));
            Odd.Made(() => store.Save(trainer, score));
            var kept = store.Checkpoints.Count;
            kept.Should().BePositive();
            (milestones.Contains(0) || kept <= last + 1L).Should().BeTrue($"{kept} are kept of {last} and the best");
        },
        iter: Fuzz.Iterations(40),
        threads: 1);

    private static Gen<ParameterFilter> Parameters() => Odd.OrNull(Odd.Of(ParameterFilter.All, EpisodicNet.Moving));

    private static (string Option, bool Holds)[] OfInner(double rate, ParameterFilter inner, int measure) =>
        [("InnerLearningRate", rate >= 0 && double.IsFinite(rate)), ("InnerParameters", inner is not null), ("MeasurePeriod", measure >= 0)];

    private static void Check(Func<EpisodicNet, optim.Optimizer, EpisodicTrainer> make, (string Option, bool Holds)[] rules)
    {
        using var net = new EpisodicNet(gated: false);
        using var optimizer = optim.Adam(net.parameters(), 1e-3);
        var before = Nets.Bits(net);
        using var trainer = Odd.Made(() => make(net, optimizer), rules);
        Nets.Bits(net).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
        if (trainer is not null && Record.Exception(() => trainer.Fit(new RandomEpisodes(inner: 3, remember: 2), 1)) is { } ending)
        {
            ending.Should().BeOfType<NonFiniteStepException>();
        }
    }
}
