using Zapping.Models;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using static Zapping.Training.BoundaryKind;

namespace ClassIncremental;

/// <summary>What happens before production: the first classes are learned together.</summary>
internal static class Beginning
{
    private const double LearningRate = 3e-3;
    private const int BatchSize = 32;

    /// <summary>A trained network with a unit for each of the first classes.</summary>
    public static ImageClassifier Learn(CharacterClasses classes, Scale scale, int seed, bool zap)
    {
        var model = new Convnet(scale.FirstClasses, scale.Filters, (ulong)seed);
        using var optimizer = new FusedAdam(model.parameters(), LearningRate);
        using var trainer = new ContinualTrainer(model, optimizer);
        if (zap)
        {
            // The head is forgotten before every epoch but the first, so the layers below must become such that a new one is learned soon.
            trainer.UseZapping(every: new(EpochBoundary) { SkipFirst = true, Seed = (ulong)seed }, ZapOptions.Recommended);
        }

        var count = scale.FirstClasses * CharacterClasses.KnownPerClass;
        using var images = classes.Known.narrow(0, 0, count);
        using var labels = classes.KnownLabels.narrow(0, 0, count);
        trainer.Fit(new ShuffledBatches(images, labels, BatchSize, (ulong)seed), scale.Epochs);
        return model;
    }
}
