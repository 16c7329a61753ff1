using System.Diagnostics;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>Long runs hold no more tensors and no more of the machine's memory than short ones, whatever fails in them.</summary>
[Collection(AloneCollection.Name)]
public sealed class NativeMemoryTests : IDisposable
{
    private const long Bound = 30L << 20;

    private readonly ContinualTrainerTests.Data _data = new();
    private readonly Sequential _net = Nets.Small();
    private readonly optim.Optimizer _adam;

    public NativeMemoryTests() => _adam = optim.Adam(_net.parameters());

    public void Dispose()
    {
        _adam.Dispose();
        _net.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void A_hundred_thousand_resets()
    {
        var options = new ZapOptions { Head = Nets.Head, Bias = BiasReset.Zero, OptimizerState = OptimizerStateReset.Slice };
        Nets.Step(_net, _adam);
        var rows = Nets.Scheduler(_net, new ZapPolicy(options), [_adam]);
        var all = Nets.Scheduler(_net, new ShrinkAndPerturbPolicy(new ShrinkAndPerturbOptions { OptimizerState = OptimizerStateReset.Parameter }), [_adam]);
        StaysFlat(1_000, 100_000, i => (i % 20 == 0 ? all : rows).Signal(BoundaryKind.ClassBoundary, i % Nets.Units));
        (rows.State.Resets + all.State.Resets).Should().Be(101_000);
    }

    [Fact]
    public void Twenty_thousand_steps()
    {
        using var trainer = new ContinualTrainer(_net, _adam)
            .UseZapping(BoundaryKind.StepBoundary, o => (o.Head, o.OptimizerState) = (Nets.Head, OptimizerStateReset.Slice));
        var batches = new ShuffledBatches(_data.Inputs, _data.Labels, 4);
        StaysFlat(50, 20_001 / 3, _ => trainer.Fit(batches, 1));
    }

    public static TheoryData<string> Failing => ["policy", "initializer", "observer", "loss", "loss that is no number", "stream", "cancellation", "progress"];

    [Theory]
    [MemberData(nameof(Failing))]
    public void A_hundred_failures(string where)
    {
        var failing = false;
        void Fail(string here)
        {
            if (failing && where == here)
            {
                throw new FormatException(here);
            }
        }

        using var trainer = new ContinualTrainer(_net, _adam, (outputs, labels) =>
            {
                using var unused = outputs * 2;
                Fail("loss");
                var loss = nn.functional.cross_entropy(outputs, labels);
                return failing && where == "loss that is no number" ? loss * double.NaN : loss;
            })
            .UseReset(
                BoundaryKind.ClassBoundary,
                new WritePolicy(context =>
                {
                    context.Reset(Nets.HeadOf(context.Model).weight, ParameterSlice.Rows(1, 4), Initializer.ShrinkAndPerturb());
                    context.Reset(Nets.HeadOf(context.Model).weight, ParameterSlice.Columns(1), new GivenRewriter(target =>
                    {
                        target.Values.zero_();
                        Fail("initializer");
                    }));
                    Fail("policy");
                }))
            .UseObserver(new Steps(() => Fail("observer")));
        TrainingTask[] tasks = [new(_data.Class(1, 4), _data.Class(2, 4)), new(_data.Class(3, 4))];
        StaysFlat(20, 100, _ =>
        {
            failing = false;
            trainer.Fit(Stream(), 3);
            failing = true;
            using var stop = new CancellationTokenSource();
            var cancelling = new Inline(() =>
            {
                Fail("progress");
                if (where == "cancellation")
                {
                    stop.Cancel();
                }
            });
            FluentActions.Invoking(() => trainer.Fit(Stream(), 3, cancelling, stop.Token)).Should().Throw<Exception>()
                .Which.Should().Match(e => e is FormatException || e is OperationCanceledException || e is NonFiniteStepException);
        });

        IEnumerable<TrainingTask> Stream()
        {
            yield return tasks[0];
            Fail("stream");
            yield return tasks[1];
        }
    }

    private static void StaysFlat(int warmUp, int times, Action<int> work)
    {
        for (var i = 0; i < warmUp; i++)
        {
            work(i);
        }

        var tensors = LiveTensors.BeforeTest();
        var resident = Resident();
        for (var i = 0; i < times; i++)
        {
            work(i);
        }

        var tensorsAfter = Tensor.TotalCount;
        tensorsAfter.Should().BeLessThanOrEqualTo(tensors);
        (Resident() - resident).Should().BeLessThan(Bound);
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private sealed class Inline(Action action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action();
    }

    private sealed class Steps(Action action) : ITrainingObserver
    {
        public void OnStep(TrainingStep step) => action();
    }
}
