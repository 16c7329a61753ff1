using PaperCurves.Files;
using Zapping.Datasets;
using Zapping.Training;
using Zapping.Training.Resets;

namespace PaperCurves.Pretraining;

/// <summary>
/// Every step of i.i.d. training as CSV: what the batch showed before the update, so that the fall after each zap and the
/// way back can be seen, and every few steps what the network then makes of validation images.
/// </summary>
public sealed class StepLog : ITrainingObserver, IDisposable
{
    private const int ValidationPeriod = 5;

    private readonly CsvLog<StepRow> _log;
    private readonly Func<double?> _validate;
    private long _epoch = -1;
    private bool _zapped;

    /// <summary>Begins a file, or goes on with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="state">How far training is.</param>
    /// <param name="validate">Measures accuracy on validation images; null if there are none.</param>
    public StepLog(string path, TrainerState state, Func<double?> validate)
    {
        ArgumentNullException.ThrowIfNull(state);
        _log = new CsvLog<StepRow>(path, row => row.Step <= state.Steps);
        _validate = validate;
        _epoch = state.Epochs - 1;
    }

    /// <summary>Reads what was written.</summary>
    /// <exception cref="DataException">The file is damaged; the message names it and the line.</exception>
    public static IReadOnlyList<StepRow> Read(string path) => CsvLog<StepRow>.Read(path);

    /// <inheritdoc/>
    public void OnBoundaryStarted(TrainingBoundary boundary)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        if (boundary.Kind == BoundaryKind.EpochBoundary)
        {
            _epoch = boundary.Index;
        }
    }

    /// <inheritdoc/>
    public void OnResetCompleted(ResetReport report) => _zapped = true;

    /// <inheritdoc/>
    public void OnStep(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var number = step.Index + 1;
        _log.Add(new StepRow(number, _epoch, _zapped, step.Loss, step.Accuracy(), number % ValidationPeriod == 0 ? _validate() : null));
        _zapped = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();
}

/// <summary>One step. Accuracies are fractions.</summary>
/// <param name="Step">Steps made, this one included.</param>
/// <param name="Epoch">Counted from 0.</param>
/// <param name="AfterZap">Whether rows were reset since the step before.</param>
/// <param name="Loss">Of the batch, before the update.</param>
/// <param name="Accuracy">Of the batch, before the update.</param>
/// <param name="ValidationAccuracy">Of the updated network, where it was measured.</param>
public sealed record StepRow(long Step, long Epoch, bool AfterZap, double Loss, double Accuracy, double? ValidationAccuracy);
