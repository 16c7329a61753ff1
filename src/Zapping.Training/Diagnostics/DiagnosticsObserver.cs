using Zapping.Training.Evaluation;
using Zapping.Training.Resets;
using Zapping.Training.Validation;

namespace Zapping.Training.Diagnostics;

/// <summary>
/// Measures with probes in the course of training, every so many steps and, if asked, around each reset. Between measurements it
/// costs a comparison a step. How fast accuracy comes back after resets is <see cref="RecoveryObserver"/>'s to say.
/// <code>
/// var diagnostics = new DiagnosticsObserver(
///     new RepresentationProbe(model, images), new WeightProbe(model), new DiagnosticsOptions { Period = 50, AroundResets = true });
/// trainer.UseObserver(diagnostics).Fit(batches, epochs: 5);
/// </code>
/// </summary>
/// <remarks>
/// When training goes on from an older checkpoint, what was noted of steps that are made anew is dropped, and told again.
/// </remarks>
/// <threadsafety>Not thread-safe; it is told on the training thread.</threadsafety>
public sealed class DiagnosticsObserver : IStatefulTrainingObserver
{
    private readonly RepresentationProbe? _representation;
    private readonly WeightProbe? _weights;
    private readonly long _period;
    private readonly bool _aroundResets;
    private readonly Action<DiagnosticsRecord>? _onRecord;
    private readonly List<DiagnosticsRecord> _records = [];
    private long _steps;

    /// <summary>Makes an observer of the model that the probes look at.</summary>
    /// <param name="representation">Null: representations are not measured.</param>
    /// <param name="weights">Null: weights are not measured.</param>
    /// <param name="options">Read now; later changes have no effect. Default: see there.</param>
    /// <param name="onRecord">Told of each record on the training thread; default: nobody.</param>
    /// <exception cref="ArgumentException">An option is invalid, or there is no probe.</exception>
    public DiagnosticsObserver(
        RepresentationProbe? representation,
        WeightProbe? weights,
        DiagnosticsOptions? options = null,
        Action<DiagnosticsRecord>? onRecord = null)
    {
        if (representation is null && weights is null)
        {
            throw new ArgumentException("There is nothing to measure: give a probe of representations, of weights, or both.", nameof(representation));
        }

        options = OptionsValidator.Validate(options ?? new DiagnosticsOptions());
        (_representation, _weights, _onRecord) = (representation, weights, onRecord);
        (_period, _aroundResets, _steps) = (options.Period, options.AroundResets, options.StepsBefore);
    }

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<DiagnosticsRecord> Records => _records.AsReadOnly();

    /// <inheritdoc/>
    public void OnResetting(TrainingBoundary boundary)
    {
        if (_aroundResets)
        {
            Add(DiagnosticsMoment.BeforeReset, boundary);
        }
    }

    /// <inheritdoc/>
    public void OnResetCompleted(ResetReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (_aroundResets)
        {
            Add(DiagnosticsMoment.AfterReset, report.Boundary);
        }
    }

    /// <inheritdoc/>
    public void OnStep(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        OnMade(step.Index);
    }

    /// <inheritdoc/>
    public void OnEpisode(EpisodeReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        OnMade(report.Index);
    }

    /// <inheritdoc/>
    public string SaveState() => ObserverJson.Write(new DiagnosticsState(_records, _steps), DiagnosticsJson.Default.DiagnosticsState);

    /// <inheritdoc/>
    public void RestoreState(string state)
    {
        var saved = ObserverJson.Read(state, DiagnosticsJson.Default.DiagnosticsState);
        _records.Clear();
        _records.AddRange(saved.Records);
        _steps = saved.Steps;
    }

    private void OnMade(long index)
    {
        if (index < _steps)
        {
            _records.RemoveAll(record => record.Steps > index);
        }

        _steps = index + 1;
        if (_steps % _period == 0)
        {
            Add(DiagnosticsMoment.Step, boundary: null);
        }
    }

    private void Add(DiagnosticsMoment moment, TrainingBoundary? boundary)
    {
        var record = new DiagnosticsRecord(moment, _steps, boundary, _representation?.Measure(), _weights?.Measure());
        _records.Add(record);
        _onRecord?.Invoke(record);
    }
}
