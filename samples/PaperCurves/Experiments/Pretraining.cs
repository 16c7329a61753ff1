using System.Diagnostics;
using System.Globalization;
using PaperCurves.Models;
using TorchSharp;
using Zapping.Training;
using static TorchSharp.torch;

namespace PaperCurves.Experiments;

/// <summary>What pre-training of one arm ended with. Accuracies are fractions.</summary>
public sealed record PretrainingResult(
    Arm Arm, long Steps, double Seconds, double TrainingLoss, double TrainingAccuracy, double ValidationAccuracy);

/// <summary>I.i.d. pre-training, with or without zapping before each epoch but the first.</summary>
public static class Pretraining
{
    /// <summary>Trains a fresh network. Both arms start from the same weights and see the same batches.</summary>
    public static (PaperModel Model, PretrainingResult Result) Run(
        Arm arm,
        PretrainingSplit split,
        Preset preset,
        ulong seed,
        Device device,
        IProgressBoard progress,
        CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        var model = new Convnet(preset.Units, preset.Width, Seeds.Of(seed, "initial weights"));
        try
        {
            model.to(device);
            using var optimizer = optim.Adam(model.parameters(), preset.LearningRate);
            using var trainer = new ContinualTrainer(model, optimizer);
            if (arm == Arm.Zap)
            {
                trainer.UseZapping(
                    new ZapOptions
                    {
                        Units = UnitSelection.Random(Math.Min(preset.ZapRows, preset.Units)),
                        Weights = Rewriter.KaimingNormal(preset.ZapFan),
                    },
                    new ResetSchedule(BoundaryKind.EpochBoundary) { SkipFirst = true, Seed = Seeds.Of(seed, "zaps") });
            }

            var (inputs, labels) = split.Training;
            var batches = new ShuffledBatches(inputs, labels, preset.BatchSize, Seeds.Of(seed, "pre-training order"));
            var total = (double)inputs.shape[0] * preset.Epochs;
            TrainingSummary summary;
            using (var line = progress.Begin($"pre-training ({arm.Key()})", total, "images"))
            {
                summary = trainer.Fit(batches, preset.Epochs, new LossLine(line), cancellationToken);
            }

            var result = new PretrainingResult(
                arm,
                summary.Steps,
                started.Elapsed.TotalSeconds,
                summary.LastLoss,
                Evaluation.Accuracy(model, inputs, labels, cancellationToken),
                Evaluation.Accuracy(model, split.Validation.Inputs, split.Validation.Labels, cancellationToken));
            return (model, result);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    // Reports arrive on the training thread, once a step: no need for Progress<T>'s queue.
    private sealed class LossLine(IProgressLine line) : IProgress<TrainingProgress>
    {
        private long _examples;

        public void Report(TrainingProgress value)
        {
            line.Advance(value.Examples - _examples, string.Create(CultureInfo.InvariantCulture, $"loss {value.Loss:f2}"));
            _examples = value.Examples;
        }
    }
}
