using System.Text.Json;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Report;

namespace PaperCurves.Pretraining;

/// <summary>Everything needed to repeat a pre-training and to judge its figures, as pretraining.json.</summary>
public sealed record PretrainingRecord(PretrainingPlan Plan, string DataSource, PretrainingResult Result, Circumstances Circumstances)
{
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
            return JsonSerializer.Deserialize<PretrainingRecord>(File.ReadAllText(path), Json.Options)
                ?? throw new DataException($"{path}: the file says nothing");
        }
        catch (JsonException failure)
        {
            throw new DataException($"{path}:{failure.LineNumber + 1}: this is no record of a pre-training ({failure.Message})", failure);
        }
    }

    /// <summary>Writes the record into the folder of the network, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Write(string folder) => WholeFile.Write(
        Path.Combine(folder, PretrainingFolder.RecordFile), file => JsonSerializer.Serialize(file, this, Json.Options), overwrite: true);

    internal static PretrainingRecord Of(PretrainingPlan plan, ClassificationData data, PretrainingResult result) =>
        new(plan, data.Source, result, new Circumstances());
}
