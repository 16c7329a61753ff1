using System.Diagnostics;
using System.Text.Json;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;

namespace PaperCurves.Report;

/// <summary>Everything needed to repeat a run and to judge its figures, as run.json.</summary>
public sealed record RunRecord
{
    /// <summary>"finished" or "interrupted".</summary>
    public required string Outcome { get; init; }

    public required RunSettings Settings { get; init; }

    public required string Data { get; init; }

    public required string DataSource { get; init; }

    public required IReadOnlyDictionary<Arm, PretrainingResult> Pretraining { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required double Seconds { get; init; }

    public required long PeakMemoryBytes { get; init; }

    public Circumstances Circumstances { get; } = new();

    /// <summary>Writes run.json.</summary>
    public void Save(string folder) => File.WriteAllText(Path.Combine(folder, "run.json"), JsonSerializer.Serialize(this, Json.Options));

    internal static RunRecord Of(
        RunSettings settings, ClassificationData data, IReadOnlyDictionary<Arm, PretrainingResult> pretraining, DateTimeOffset started, bool finished)
    {
        using var process = Process.GetCurrentProcess();
        return new()
        {
            Outcome = finished ? "finished" : "interrupted",
            Settings = settings,
            Data = data.Name,
            DataSource = data.Source,
            Pretraining = pretraining,
            Started = started,
            Seconds = (DateTimeOffset.Now - started).TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }
}
