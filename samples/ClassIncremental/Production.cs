using Zapping.Models;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Heads;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace ClassIncremental;

/// <summary>
/// What happens in production: a class arrives, the head grows by a row, and goes once through the drawings of all classes seen so
/// far. The layers below stay as they are, so what they make of the drawings is computed once.
/// </summary>
internal static class Production
{
    private const double LearningRate = 3e-3;
    private const int BatchSize = 64;

    /// <summary>Lets the new classes arrive.</summary>
    /// <returns>How good the network was before the first and after each.</returns>
    public static IReadOnlyList<Accuracy> Run(ImageClassifier model, CharacterClasses classes, Scale scale)
    {
        using var scope = NewDisposeScope();
        var known = Features(model, classes.Known);
        var asked = Features(model, classes.Asked);

        var head = model.Classifier;
        using var optimizer = new FusedAdam(head.parameters(), LearningRate);
        using var trainer = new ContinualTrainer(head, optimizer);
        var course = new List<Accuracy> { Ask(scale.FirstClasses) };
        for (var seen = scale.FirstClasses + 1; seen <= scale.FirstClasses + scale.NewClasses; seen++)
        {
            HeadGrowth.Grow(head, HeadSelector.Layer(head), units: seen, [optimizer]);
            var count = seen * CharacterClasses.KnownPerClass;
            var batches = new ShuffledBatches(known.narrow(0, 0, count), classes.KnownLabels.narrow(0, 0, count), BatchSize);
            trainer.Fit(batches, epochs: 1);
            course.Add(Ask(seen));
        }

        return course;

        Accuracy Ask(int seen)
        {
            using var noGrad = no_grad();
            using var inner = NewDisposeScope();
            var count = seen * CharacterClasses.AskedPerClass;
            var hits = head.call(asked.narrow(0, 0, count)).argmax(1).eq(classes.AskedLabels.narrow(0, 0, count)).to(float32);
            var first = scale.FirstClasses * CharacterClasses.AskedPerClass;
            return new Accuracy(seen, Percent(hits), Percent(hits.narrow(0, first, count - first)));
        }
    }

    private static Tensor Features(ImageClassifier model, Tensor images)
    {
        using var noGrad = no_grad();
        return model.Encode(images);
    }

    private static double Percent(Tensor hits) => 100 * hits.mean().item<float>();
}

/// <summary>How good a network is on drawings that it has not learned from.</summary>
/// <param name="ClassesSeen">Classes that it must tell apart.</param>
/// <param name="All">Percent of their drawings that it names rightly.</param>
/// <param name="New">The same for the classes that arrived; NaN before the first.</param>
internal readonly record struct Accuracy(int ClassesSeen, double All, double New);
