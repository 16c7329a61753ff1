using Zapping.Training;

namespace PaperCurves.Pretraining;

/// <summary>Loss and accuracy of training as it goes, smoothed over about 20 steps.</summary>
internal sealed class LiveFigures : ITrainingObserver
{
    private const double Freshness = 0.05;

    /// <summary>Null before the first step.</summary>
    public double? Loss { get; private set; }

    /// <summary>Null before the first step.</summary>
    public double? Accuracy { get; private set; }

    public void OnStep(TrainingStep step) => Add(step.Loss, step.Accuracy());

    public void OnEpisode(EpisodeReport report) => Add(report.Loss, report.Accuracy);

    private void Add(double loss, double accuracy)
    {
        Loss = Smoothed(Loss, loss);
        Accuracy = Smoothed(Accuracy, accuracy);
    }

    private static double Smoothed(double? before, double now) => before is { } old ? old + (Freshness * (now - old)) : now;
}
