using PaperCurves.Files;
using Zapping.Training;

namespace PaperCurves.Pretraining;

/// <summary>
/// Measured episodes as CSV. "adapted" is the network after the inner loop, before the outer step; "updated" after it.
/// A resumed run keeps the rows of the episodes that it does not make again.
/// </summary>
public sealed class EpisodeLog : ITrainingObserver, IDisposable
{
    private readonly CsvLog<EpisodeRow> _log;

    /// <summary>Begins a file, or goes on with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">The first episode that is to come.</param>
    public EpisodeLog(string path, long from) => _log = new CsvLog<EpisodeRow>(path, row => row.Episode < from);

    /// <summary>Reads what was written.</summary>
    public static IReadOnlyList<EpisodeRow> Read(string path) => CsvLog<EpisodeRow>.Read(path);

    /// <inheritdoc/>
    public void OnEpisode(EpisodeReport report)
    {
        if (report is { AfterInnerLoop: { } adapted, AfterOuterStep: { } updated })
        {
            _log.Add(new EpisodeRow(
                report.Index,
                report.ClassId,
                report.GradientNorm,
                adapted.Loss, adapted.Accuracy, adapted.InnerAccuracy, adapted.RememberAccuracy, adapted.ValidationAccuracy,
                updated.Loss, updated.Accuracy, updated.InnerAccuracy, updated.RememberAccuracy, updated.ValidationAccuracy));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();
}

/// <summary>One measured episode. Accuracies are fractions; losses are of the outer batch.</summary>
public sealed record EpisodeRow(
    long Episode,
    int Class,
    double? GradientNorm,
    double AdaptedLoss,
    double AdaptedAccuracy,
    double AdaptedInnerAccuracy,
    double AdaptedRememberAccuracy,
    double? AdaptedValidationAccuracy,
    double UpdatedLoss,
    double UpdatedAccuracy,
    double UpdatedInnerAccuracy,
    double UpdatedRememberAccuracy,
    double? UpdatedValidationAccuracy);
