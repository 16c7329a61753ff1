using System.Text.Json;
using PaperCurves.Files;
using Zapping.Datasets;
using Zapping.Training.Checkpoints;

namespace PaperCurves.Pretraining;

/// <summary>Everything needed to repeat a pre-training and to judge its figures, as pretraining.json.</summary>
public sealed record PretrainingRecord(PretrainingPlan Plan, string DataSource, PretrainingResult Result, Circumstances Circumstances)
{
    private static readonly JsonSerializerOptions Complete = new(JsonDefaults.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads the record of a finished pre-training; null if there is none.</summary>
    /// <param name="folder">Folder of the network.</param>
    /// <exception cref="DataException">It is damaged.</exception>
    public static PretrainingRecord? Find(string folder)
    {
        var path = Path.Combine(folder, PretrainingFolder.RecordFile);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var record = JsonSerializer.Deserialize<PretrainingRecord>(File.ReadAllText(path), Complete) ?? throw new JsonException("The file says nothing.");
            return IsDuration(record.Result.Seconds) ? record : throw new JsonException("Its seconds are no duration.");
        }
        catch (JsonException failure)
        {
            throw new DataException(
                $"{path}:{(failure.LineNumber ?? 0) + 1}: this is no record of a pre-training ({failure.Message}). "
                + "Move it away, and the same command makes it again",
                failure);
        }
    }

    /// <summary>Whether a number is one of seconds that work can take: a century or less.</summary>
    internal static bool IsDuration(double seconds) => seconds is >= 0 and < 3.2e9;

    /// <summary>Writes the record, unless it is there: who looks again at what is finished must not put himself into it.</summary>
    /// <exception cref="DataException">The one that is there is damaged.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void EnsureWritten(string folder)
    {
        if (Find(folder)?.Result != Result)
        {
            Write(folder);
        }
    }

    /// <summary>Writes the record into the folder of the network, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Write(string folder) => AtomicFile.Write(
        Path.Combine(folder, PretrainingFolder.RecordFile), file => JsonSerializer.Serialize(file, this, JsonDefaults.Options), overwrite: true);

    /// <summary>The record that belongs to a network's last checkpoint; null if training has not come to its end.</summary>
    internal static PretrainingRecord? Of(Checkpoint checkpoint, ClassificationData data) => PretrainedNetwork.ResultOf(checkpoint) is { } result
        ? new(PretrainedNetwork.PlanOf(checkpoint), data.Source, result, PretrainedNetwork.CircumstancesOf(checkpoint) ?? new Circumstances())
        : null;
}
