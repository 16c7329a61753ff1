using Zapping.Training;

namespace ChangingLabels;

/// <summary>How much was recognized right before it was learned from.</summary>
internal sealed class OnlineAccuracy : ITrainingObserver
{
    private long _right;
    private long _seen;

    public void OnStep(TrainingStep step)
    {
        using var right = step.Outputs.argmax(1).eq(step.Labels).sum();
        _right += right.item<long>();
        _seen += step.Labels.size(0);
    }

    /// <summary>The share since the last call, 0 to 1.</summary>
    public double Take()
    {
        var share = (double)_right / _seen;
        _right = _seen = 0;
        return share;
    }
}
