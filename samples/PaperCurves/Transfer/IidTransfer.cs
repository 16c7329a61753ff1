using System.Globalization;
using PaperCurves.Experiments;
using PaperCurves.Models;
using Zapping.Training;

namespace PaperCurves.Transfer;

/// <summary>Fine-tunes all weights on shuffled batches of the support images; the effect of zapping is largest in the first steps.</summary>
public static class IidTransfer
{
    /// <summary>Transfers a copy of a pre-trained network.</summary>
    /// <returns>One point for each evaluation.</returns>
    public static IReadOnlyList<TransferPoint> Run(
        Arm arm,
        PaperModel pretrained,
        TransferDraw draw,
        Preset preset,
        double learningRate,
        IProgressLine progress,
        CancellationToken cancellationToken)
    {
        using var model = pretrained.Copy();

        // As published: batch normalisation keeps the statistics of pre-training while its scales and shifts are tuned.
        model.eval();
        HeadReset.Apply(model, model.Classifier, draw.Trial);
        using var optimizer = new FusedAdam(model.parameters(), learningRate);
        using var trainer = new ContinualTrainer(model, optimizer).UseMicroBatches(PaperModel.ImagesAtATime);
        var (inputs, labels) = draw.Support;
        var batches = new ShuffledBatches(inputs, labels, preset.IidBatchSize, Seeds.Of((ulong)draw.Trial, "transfer order"));
        var lastStep = (int)(batches.BatchesPerEpoch!.Value * preset.IidEpochs);
        var points = new List<TransferPoint>();
        for (var epoch = 0; epoch < preset.IidEpochs; epoch++)
        {
            trainer.BeginEpoch();
            foreach (var batch in batches.Epoch(epoch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                trainer.TrainStep(batch.Inputs, batch.Labels);
                progress.Advance(batch.Inputs.shape[0]);
                batch.Inputs.Dispose();
                batch.Labels.Dispose();
                var step = (int)trainer.State.Steps;
                if (preset.IidEvaluations.Contains(step) || step == lastStep)
                {
                    var accuracy = Evaluation.Accuracy(model, draw.Query.Inputs, draw.Query.Labels, cancellationToken);
                    points.Add(new TransferPoint(arm, Protocol.Iid, learningRate, draw.Trial, step, accuracy));
                    progress.Advance(0, string.Create(CultureInfo.InvariantCulture, $"step {step}: {accuracy:p1}"));
                }
            }
        }

        return points;
    }
}
