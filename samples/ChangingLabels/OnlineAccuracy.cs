using Zapping.Training;

namespace ChangingLabels;

/// <summary>How much was recognized right before it was learned from.</summary>
internal sealed class OnlineAccuracy : ITrainingObserver
{
    private double _right;
    private long _seen;

    public void OnStep(TrainingStep step)
    {
        var examples = step.Labels!.size(0);
        _right += step.Accuracy() * examples;
        _seen += examples;
    }

    /// <summary>The share since the last call, 0 to 1.</summary>
    public double Take()
    {
        var share = _right / _seen;
        _right = _seen = 0;
        return share;
    }
}
