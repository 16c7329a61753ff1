using System.Diagnostics;
using System.Text.Json;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using Zapping.Datasets;

namespace PaperCurves.Report.Live;

/// <summary>Everything needed to repeat a run and to judge its figures, as run.json.</summary>
public sealed record RunRecord
{
    /// <summary>"begun" (and perhaps killed), "interrupted", "diverged", "failed" or "finished".</summary>
    public required string Outcome { get; init; }

    /// <summary>In one line why it diverged or failed; null if it did not.</summary>
    public string? Reason { get; init; }

    public required RunSettings Settings { get; init; }

    /// <summary>Which networks the results are of.</summary>
    public required IReadOnlyDictionary<Arm, string> Networks { get; init; }

    public required string Data { get; init; }

    public required string DataSource { get; init; }

    public required IReadOnlyDictionary<Arm, PretrainingResult> Pretraining { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required double Seconds { get; init; }

    public required long PeakMemoryBytes { get; init; }

    public Circumstances Circumstances { get; } = new();

    /// <summary>Writes run.json, whole or not at all.</summary>
    public void Save(string folder) =>
        AtomicFile.Write(Path.Combine(folder, RunFolder.Record), file => JsonSerializer.Serialize(file, this, JsonDefaults.Options), overwrite: true);

    internal static RunRecord Of(
        RunSettings settings, ClassificationData data, IReadOnlyDictionary<Arm, PretrainingResult> pretraining, DateTimeOffset started, string outcome, string? reason = null)
    {
        using var process = Process.GetCurrentProcess();
        return new()
        {
            Outcome = outcome,
            Reason = reason,
            Settings = settings,
            Networks = RunFolder.NetworksOf(settings),
            Data = data.Name,
            DataSource = data.Source,
            Pretraining = pretraining,
            Started = started,
            Seconds = (DateTimeOffset.Now - started).TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }
}
