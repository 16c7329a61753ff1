using System.Diagnostics;
using System.Diagnostics.Metrics;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Parameters;
using Zapping.Training.Telemetry;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Telemetry;

/// <summary>Instruments and activities are the process's, so nothing else may train meanwhile.</summary>
[Collection(AloneCollection.Name)]
public sealed class TrainingTelemetryTests : WatchedTraining
{
    [Fact]
    public void Counters_count_resets_rows_and_steps_with_their_tags()
    {
        var (counts, values) = Listen(() =>
        {
            Trainer.UseZapping(every: TaskBoundary, options => (options.Head, options.Bias) = (Nets.Head, BiasReset.Zero));
            Trainer.UseZapping(every: EpochBoundary, options => options.Head = Nets.Head);
            Trainer.BeginTask(3, 1, 2);
            Trainer.BeginEpoch();
            Trainer.BeginEpoch();
            Step();
        });

        counts.Should().BeEquivalentTo(new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["zapping.resets zapping.policy=ZapPolicy zapping.boundary=TaskBoundary"] = 1,
            ["zapping.resets zapping.policy=ZapPolicy 2 zapping.boundary=EpochBoundary"] = 2,
            ["zapping.reset.rows zapping.policy=ZapPolicy zapping.boundary=TaskBoundary"] = 3,
            ["zapping.reset.rows zapping.policy=ZapPolicy 2 zapping.boundary=EpochBoundary"] = 16,
            ["zapping.steps zapping.trainer=ContinualTrainer"] = 1,
            ["zapping.examples zapping.trainer=ContinualTrainer"] = 2,
        });
        values.Where(own => own.Instrument.EndsWith(".duration", StringComparison.Ordinal)).Should().HaveCount(4).And.OnlyContain(own => own.Value > 0 && own.Value < 60);
        values.Select(own => own.Instrument).CountBy(name => name).Should().BeEquivalentTo(new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["zapping.reset.duration"] = 3,
            ["zapping.step.duration"] = 1,
            ["zapping.loss"] = 1,
            ["zapping.accuracy"] = 1,
            ["zapping.learning_rate"] = 1,
        });
    }

    [Fact]
    public void Rows_are_those_of_weights()
    {
        var (counts, _) = Listen(() =>
        {
            Trainer.UseReset(
                EpochBoundary,
                new WritePolicy(context =>
                {
                    var head = Nets.HeadOf((nn.Module)context.Model);
                    context.Reset(head.weight, ParameterSlice.All, Initializer.Zeros());
                    context.Reset(head.weight, ParameterSlice.Columns(0, 1), Initializer.Zeros());
                    context.Reset(head.bias!, ParameterSlice.Rows(1, 2), Initializer.Zeros());
                }));
            Trainer.BeginEpoch();
        });

        counts["zapping.reset.rows zapping.policy=WritePolicy zapping.boundary=EpochBoundary"].Should().Be(Nets.Units);
    }

    [Fact]
    public void A_reset_that_fails_is_not_counted()
    {
        var (counts, _) = Listen(() =>
        {
            Trainer.UseZapping(every: TaskBoundary, options => options.Head = Nets.Head);
            Trainer.Invoking(trainer => trainer.BeginTask(99)).Should().Throw<ArgumentOutOfRangeException>();
        });

        counts.Should().BeEmpty();
    }

    [Fact]
    public void Episodes_are_steps_too()
    {
        using var net = new EpisodicNet(gated: false);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        using var trainer = new AsbTrainer(net, optimizer);

        var (counts, _) = Listen(() => trainer.Fit(new RandomEpisodes(inner: 2), episodes: 3));

        counts.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("zapping.steps zapping.trainer=AsbTrainer", 3L));
    }

    [Fact]
    public void Activities_span_what_they_are_called()
    {
        Trainer.UseZapping(every: EpochBoundary, options => options.Head = Nets.Head);
        using var store = new CheckpointStore(Folder.FullName);
        using var inputs = rand(2, 6);
        using var labels = zeros(2, ScalarType.Int64);

        var spans = Trace(() =>
        {
            Trainer.Fit(new ShuffledBatches(inputs, labels, 2), epochs: 2);
            Trainer.Fit([new TrainingTask(new ClassExamples(1, inputs))], batchSize: 1);
            store.Save(Trainer);
        });

        spans.Should().Equal(
            "zapping.reset zapping.policy=ZapPolicy zapping.boundary=EpochBoundary zapping.index=0 in zapping.epoch",
            "zapping.epoch zapping.index=0 in zapping.fit",
            "zapping.reset zapping.policy=ZapPolicy zapping.boundary=EpochBoundary zapping.index=1 in zapping.epoch",
            "zapping.epoch zapping.index=1 in zapping.fit",
            "zapping.fit zapping.trainer=ContinualTrainer",
            "zapping.task zapping.index=0 in zapping.fit",
            "zapping.fit zapping.trainer=ContinualTrainer",
            "zapping.checkpoint zapping.step=4");
    }

    [Fact]
    public void An_epoch_that_is_gone_on_with_keeps_its_index()
    {
        using var inputs = rand(4, 6);
        using var labels = zeros(4, ScalarType.Int64);
        using var stop = new CancellationTokenSource();
        var batches = new ShuffledBatches(inputs, labels, 1);
        var progress = new Stopper(stop);

        var spans = Trace(() =>
        {
            Trainer.Invoking(trainer => trainer.Fit(batches, epochs: 1, progress, stop.Token)).Should().Throw<OperationCanceledException>();
            Trainer.Fit(batches, epochs: 1, cancellationToken: TestContext.Current.CancellationToken);
        });

        spans.Should().Equal(
            "zapping.epoch zapping.index=0 in zapping.fit", "zapping.fit zapping.trainer=ContinualTrainer",
            "zapping.epoch zapping.index=0 in zapping.fit", "zapping.fit zapping.trainer=ContinualTrainer");
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_made()
    {
        var boundary = TrainingBoundary.Epoch(0);
        Activity? Tell()
        {
            TrainingTelemetry.Stepped("trainer");
            return TrainingTelemetry.Fit("trainer") ?? TrainingTelemetry.Task(1) ?? TrainingTelemetry.Epoch(1)
                ?? TrainingTelemetry.Saving(1) ?? TrainingTelemetry.Reset("policy", boundary);
        }

        Tell().Should().BeNull();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Tell();

        GC.GetAllocatedBytesForCurrentThread().Should().Be(before);
    }

    private void Step()
    {
        using var inputs = rand(2, 6);
        using var labels = zeros(2, ScalarType.Int64);
        Trainer.TrainStep(inputs, labels);
    }

    /// <summary>Sums of the counters by name and tags, and what gauges and histograms were given.</summary>
    private static (Dictionary<string, long> Counts, List<(string Instrument, double Value)> Values) Listen(Action act)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var values = new List<(string Instrument, double Value)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TrainingTelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            var key = string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]);
            counts[key] = counts.GetValueOrDefault(key) + count;
        });
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            values.Add((instrument.Name, value));
        });
        listener.Start();
        act();
        return (counts, values);
    }

    /// <summary>The activities in the order in which they end, with their tags and what they happened in.</summary>
    private static List<string> Trace(Action act)
    {
        var ended = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TrainingTelemetry.MeterName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => ended.Add(string.Join(
                ' ',
                [activity.OperationName, .. activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"), .. activity.Parent is { } parent ? ["in", parent.OperationName] : Array.Empty<string>()])),
        };
        ActivitySource.AddActivityListener(listener);
        act();
        return ended;
    }

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => stop.Cancel();
    }
}
