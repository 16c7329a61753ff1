using System.Globalization;
using PaperCurves.Experiments;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace PaperCurves.Transfer;

/// <summary>
/// Trains a fresh classifier on the features of a standing encoder: classes come one after another, each support
/// image once, one image to an Adam step, nothing is shown again. After the first class and then every few, the
/// query images of all classes seen so far are tested against all units.
/// </summary>
public static class SequentialHeadTransfer
{
    /// <summary>Transfers.</summary>
    /// <returns>One point for each evaluation.</returns>
    public static IReadOnlyList<TransferPoint> Run(
        Arm arm,
        Features features,
        TransferDraw draw,
        Preset preset,
        double learningRate,
        IProgressLine progress,
        CancellationToken cancellationToken)
    {
        using var head = Linear(features.Support.shape[1], preset.Units, device: features.Support.device);
        HeadReset.Apply(head, head, draw.Trial);
        using var learner = HeadLearner.For(head, learningRate);
        var points = new List<TransferPoint>();
        for (var position = 0; position < draw.ClassCount; position++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            learner.Learn(features.Support, position * preset.SupportImages, preset.SupportImages, position);
            var seen = position + 1;
            if (position == 0 || seen % preset.HeadEvaluationPeriod == 0 || seen == draw.ClassCount)
            {
                using var scope = NewDisposeScope();
                var query = features.Query.narrow(0, 0, seen * preset.QueryImages);
                var labels = draw.Query.Labels.narrow(0, 0, seen * preset.QueryImages);
                var accuracy = Evaluation.Accuracy(head, query, labels, cancellationToken);
                points.Add(new TransferPoint(arm, Protocol.SequentialHead, learningRate, draw.Trial, seen, accuracy));
                progress.Advance(0, string.Create(CultureInfo.InvariantCulture, $"{seen} classes: {accuracy:p1}"));
            }

            progress.Advance(preset.SupportImages);
        }

        return points;
    }
}
