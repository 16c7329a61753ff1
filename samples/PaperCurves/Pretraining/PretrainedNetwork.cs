using System.Text.Json;
using PaperCurves.Files;
using Zapping.Datasets;
using Zapping.Models;
using Zapping.Training.Checkpoints;
using Zapping.Training.Safetensors;

namespace PaperCurves.Pretraining;

/// <summary>Pre-trained networks as "pretrain" and "run" leave them: in checkpoints that know their plan.</summary>
public static class PretrainedNetwork
{
    /// <summary>The folder of checkpoints in a folder of results.</summary>
    public const string CheckpointFolder = "checkpoints";

    internal const string PlanNote = "plan";

    internal const string ResultNote = "result";

    internal const string CircumstancesNote = "circumstances";

    /// <summary>Loads a network, in eval mode, and what its training ended with, if it came to its end.</summary>
    /// <param name="folder">The folder of a pre-training, whose newest checkpoint is taken, or of one checkpoint.</param>
    /// <exception cref="DataException">There is no checkpoint, or it is damaged.</exception>
    public static (ImageClassifier Model, PretrainingResult? Result) Load(string folder) => Read(folder, checkpoint =>
    {
        var plan = PlanOf(checkpoint);
        var model = ModelCatalog.Create(plan.Model, plan.Units, plan.Width, plan.ImageSize, plan.Channels, seed: 0);
        StateDict.Load(model, checkpoint.ModelPath);
        model.eval();
        return (model, ResultOf(checkpoint));
    });

    /// <summary>What a network was trained by.</summary>
    /// <param name="folder">As for <see cref="Load"/>.</param>
    /// <exception cref="DataException">There is no checkpoint, or it is damaged.</exception>
    public static PretrainingPlan PlanOf(string folder) => Read(folder, PlanOf);

    /// <summary>What a network is trained by, what its training ended with, if it has come to its end, and the checkpoint that says so.</summary>
    /// <param name="folder">As for <see cref="Load"/>.</param>
    /// <exception cref="DataException">There is no checkpoint, or it is damaged.</exception>
    internal static (PretrainingPlan Plan, PretrainingResult? Result, Checkpoint Checkpoint) Progress(string folder) =>
        Read(folder, checkpoint => (PlanOf(checkpoint), ResultOf(checkpoint), checkpoint));

    /// <summary>The newest checkpoint whose weights are numbers; null if there is none.</summary>
    internal static Checkpoint? LastUsable(CheckpointStore store) => store.Checkpoints.FirstOrDefault(checkpoint =>
    {
        try
        {
            Load(checkpoint.Path).Model.Dispose();
            return true;
        }
        catch (DataException)
        {
            return false;
        }
    });

    /// <exception cref="DataException">The checkpoint is of another plan; only how far it goes may differ.</exception>
    internal static void EnsureOf(PretrainingPlan plan, Checkpoint checkpoint, string folder)
    {
        var saved = PlanOf(checkpoint).Essence();
        if (saved != plan.Essence())
        {
            throw new DataException($"{folder}: its checkpoints are of another run: {saved.DifferenceFrom(plan.Essence())}. Give the same options, or another --out.");
        }
    }

    /// <summary>What training ended with; null if it has not come to its end.</summary>
    internal static PretrainingResult? ResultOf(Checkpoint checkpoint) => Note<PretrainingResult>(checkpoint, ResultNote);

    /// <summary>By whom training was ended; null if it has not come to its end, or an earlier version of the app has not said.</summary>
    internal static Circumstances? CircumstancesOf(Checkpoint checkpoint) => Note<Circumstances>(checkpoint, CircumstancesNote);

    internal static PretrainingPlan PlanOf(Checkpoint checkpoint) =>
        JsonSerializer.Deserialize<PretrainingPlan>(checkpoint.Notes[PlanNote], JsonDefaults.Options) ?? throw new JsonException("its plan says nothing");

    private static T? Note<T>(Checkpoint checkpoint, string note)
        where T : class =>
        checkpoint.Notes.TryGetValue(note, out var text) ? JsonSerializer.Deserialize<T>(text, JsonDefaults.Options) : null;

    private static T Read<T>(string folder, Func<Checkpoint, T> read)
    {
        try
        {
            var checkpoints = Path.Combine(folder, CheckpointFolder);
            return read(Checkpoint.Open(Directory.Exists(checkpoints) ? checkpoints : folder));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or JsonException or KeyNotFoundException)
        {
            throw new DataException($"{folder}: no pre-trained network could be read ({failure.Message})", failure);
        }
    }
}
