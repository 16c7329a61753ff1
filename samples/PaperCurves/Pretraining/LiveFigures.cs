using Zapping.Training;

namespace PaperCurves.Pretraining;

/// <summary>Loss and accuracy of training as it goes, smoothed over about 20 steps.</summary>
internal sealed class LiveFigures : ITrainingObserver
{
    private const double Freshness = 0.05;

    public double Loss { get; private set; } = double.NaN;

    public double Accuracy { get; private set; } = double.NaN;

    public void OnStep(TrainingStep made) => Add(made.Loss, made.Accuracy());

    public void OnEpisode(EpisodeReport made) => Add(made.Loss, made.Accuracy);

    private void Add(double loss, double accuracy)
    {
        Loss = double.IsNaN(Loss) ? loss : Loss + (Freshness * (loss - Loss));
        Accuracy = double.IsNaN(Accuracy) ? accuracy : Accuracy + (Freshness * (accuracy - Accuracy));
    }
}
