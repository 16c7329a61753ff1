using System.Diagnostics.Metrics;
using FluentAssertions;
using Xunit;
using Zapping.Training.Telemetry;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Telemetry;

/// <summary>What a step and a checkpoint tell. Instruments are the process's, so nothing else may train meanwhile.</summary>
[Collection(AloneCollection.Name)]
public sealed class StepTelemetryTests
{
    [Fact]
    public void A_step_is_told_with_all_that_is_known_of_it()
    {
        var told = Listen(_ => true, () =>
        {
            TrainingTelemetry.WantsAccuracy.Should().BeTrue();
            TrainingTelemetry.WantsLearningRate.Should().BeTrue();
            TrainingTelemetry.Stepped("T", TrainingTelemetry.StepStarts(), examples: 7, loss: 0.5, learningRate: 0.1, accuracy: 0.75);
            TrainingTelemetry.Stepped("T", TrainingTelemetry.StepStarts(), examples: 2, loss: 0.25);
            TrainingTelemetry.Saved("T", TrainingTelemetry.SavingStarts());
        });

        told.Where(value => !value.Name.EndsWith("duration", StringComparison.Ordinal)).Should().Equal(
            ("zapping.steps", 1), ("zapping.examples", 7), ("zapping.loss", 0.5), ("zapping.learning_rate", 0.1), ("zapping.accuracy", 0.75),
            ("zapping.steps", 1), ("zapping.examples", 2), ("zapping.loss", 0.25));
        told.Where(value => value.Name == "zapping.step.duration").Should().HaveCount(2).And.OnlyContain(value => value.Value >= 0 && value.Value < 10);
        told.Where(value => value.Name == "zapping.checkpoint.duration").Should().ContainSingle().Which.Value.Should().BeInRange(0, 10);
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_measured()
    {
        (TrainingTelemetry.WantsAccuracy, TrainingTelemetry.WantsLearningRate, TrainingTelemetry.StepStarts(), TrainingTelemetry.SavingStarts()).Should().Be((false, false, 0, 0));
        var told = Listen(name => name == "zapping.loss", () =>
        {
            TrainingTelemetry.WantsAccuracy.Should().BeFalse();
            TrainingTelemetry.StepStarts().Should().Be(0);
            TrainingTelemetry.Stepped("T", 0, 1, 0.5, 0.1, 1);
            TrainingTelemetry.Saved("T", 0);
        });
        told.Should().Equal(("zapping.loss", 0.5));
    }

    private static List<(string Name, double Value)> Listen(Func<string, bool> wanted, Action work)
    {
        var told = new List<(string, double)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == TrainingTelemetry.MeterName && wanted(instrument.Name))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Tell(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Tell(instrument.Name, value, tags));
        listener.Start();
        work();
        return told;

        void Tell(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            tags.ToArray().Single().Should().Be(new KeyValuePair<string, object?>("zapping.trainer", "T"));
            told.Add((name, value));
        }
    }
}
