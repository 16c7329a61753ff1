namespace Zapping.Training;

/// <summary>What one call of a trainer's <c>Fit</c> has done so far.</summary>
internal sealed class FitProgress(long? totalSteps, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
{
    private long _steps;
    private long _examples;
    private double _lossSum;
    private double _lastLoss = double.NaN;

    public TrainingSummary Summary => new(_steps, _examples, _lossSum / _steps, _lastLoss);

    public void ThrowIfCancelled() => cancellationToken.ThrowIfCancellationRequested();

    public void Add(double loss, long examples)
    {
        _steps++;
        _examples += examples;
        _lossSum += loss;
        _lastLoss = loss;
        progress?.Report(new TrainingProgress(_steps, totalSteps, _examples, loss));
    }
}
