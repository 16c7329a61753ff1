using System.Globalization;
using CsvHelper;
using Zapping.Training;

namespace PaperCurves.Pretraining;

/// <summary>
/// Measured episodes as CSV. "adapted" is the network after the inner loop, before the outer step; "updated" after it.
/// A resumed run keeps the rows of the episodes that it does not make again.
/// </summary>
public sealed class EpisodeLog : ITrainingObserver, IDisposable
{
    private readonly CsvWriter _csv;

    /// <summary>Begins a file, or goes on with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">The first episode that is to come.</param>
    public EpisodeLog(string path, long from)
    {
        var kept = File.Exists(path) ? Read(path).Where(row => row.Episode < from).ToList() : [];
        _csv = new CsvWriter(new StreamWriter(path), CultureInfo.InvariantCulture);
        _csv.WriteHeader<EpisodeRow>();
        _csv.NextRecord();
        kept.ForEach(Write);
        _csv.Flush();
    }

    /// <summary>Reads what was written.</summary>
    public static IReadOnlyList<EpisodeRow> Read(string path)
    {
        using var csv = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        return [.. csv.GetRecords<EpisodeRow>()];
    }

    /// <inheritdoc/>
    public void OnEpisode(EpisodeReport made)
    {
        if (made is { Adapted: { } adapted, Updated: { } updated })
        {
            Write(new EpisodeRow(
                made.Index,
                made.ClassId,
                made.GradientNorm,
                adapted.Loss, adapted.Accuracy, adapted.InnerAccuracy, adapted.RememberAccuracy, adapted.ValidationAccuracy,
                updated.Loss, updated.Accuracy, updated.InnerAccuracy, updated.RememberAccuracy, updated.ValidationAccuracy));
            _csv.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

    private void Write(EpisodeRow row)
    {
        _csv.WriteRecord(row);
        _csv.NextRecord();
    }
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
