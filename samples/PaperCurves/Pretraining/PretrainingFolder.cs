using System.Globalization;
using System.Text.RegularExpressions;
using PaperCurves.Progress;
using Zapping.CommandLine;
using Zapping.Datasets;
using Zapping.Models;
using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Files;
using Zapping.Training.Native;
using static TorchSharp.torch;

namespace PaperCurves.Pretraining;

/// <summary>A folder in which one network is pre-trained: its checkpoints, its log and, at the end, pretraining.json.</summary>
/// <remarks>
/// The last checkpoint is written before the record, and holds all that the record says. A process that is killed in between costs nothing: the same command writes
/// the record without training.
/// </remarks>
public static partial class PretrainingFolder
{
    /// <summary>Where the record of a finished pre-training is.</summary>
    public const string RecordFile = "pretraining.json";

    /// <summary>Stands for the newest checkpoint where a name is expected.</summary>
    public const string Newest = "newest";

    /// <summary>Everything that is written.</summary>
    internal static IReadOnlyList<string> Outputs { get; } = [$"{PretrainedNetwork.CheckpointFolder}/", RecordFile, PretrainingRun.StepsFile, PretrainingRun.EpisodesFile];

    /// <summary>
    /// Trains to the end of a plan, from wherever the folder is. If it is there or beyond, nothing is trained, and the record is
    /// written if it is missing.
    /// </summary>
    /// <param name="plan">What to do.</param>
    /// <param name="data">On what.</param>
    /// <param name="folder">The folder, made if there is none.</param>
    /// <param name="device">Where.</param>
    /// <param name="reporter">Where to tell about it.</param>
    /// <param name="cancellationToken">Saves and ends between two steps.</param>
    /// <param name="from">Name of the checkpoint to go on from instead of the newest.</param>
    /// <returns>What training ended with.</returns>
    /// <exception cref="DataException">The model is not made for such images, or the folder's checkpoints are of another plan.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; everything is saved.</exception>
    public static PretrainingResult Complete(
        PretrainingPlan plan,
        ClassificationData data,
        string folder,
        Device device,
        IProgressReporter reporter,
        CancellationToken cancellationToken,
        string? from = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(reporter);
        EnsureTakes(plan.Model, data);

        // Nothing is written before the network is known to fit into memory.
        using var split = new PretrainingSplit(data, plan, device);
        using var run = new PretrainingRun(plan, split, device);
        using var store = new CheckpointStore(
            Path.Combine(folder, PretrainedNetwork.CheckpointFolder),
            new CheckpointRetentionOptions { KeepSteps = [plan.Length / 4, plan.Length / 2] });
        store.SaveFailed += failure => reporter.Warn($"A checkpoint could not be saved; training goes on. {failure.Message}");
        var newest = store.Checkpoints is [var first, ..] ? first : null;
        if (newest is not null)
        {
            PretrainedNetwork.EnsureOf(plan, newest, folder);
            from ??= newest.Name;
        }

        if (ConvolutionGuard.Status is { State: ConvolutionGuardState.OneDnnOff or ConvolutionGuardState.Wrong } convolutions)
        {
            reporter.Warn(convolutions.Message);
        }

        run.UseCheckpoints(store, from);
        if (newest is not null && from == newest.Name && PretrainedNetwork.PlanOf(newest).Length >= plan.Length && PretrainingRecord.Of(newest, data) is { } ended)
        {
            ended.EnsureWritten(folder);
            return ended.Result;
        }

        using var log = run.Log(folder);
        try
        {
            var result = run.Train(reporter, cancellationToken);

            // In this order: the checkpoint has all that the record says, so whoever is killed between the two is made good above.
            PretrainingRecord.Of(run.Save(store, result), data)!.EnsureWritten(folder);
            return result;
        }
        catch (OperationCanceledException)
        {
            run.Save(store);
            throw;
        }
        catch (NonFiniteStepException failure)
        {
            throw Diverged(plan, folder, store, failure);
        }
    }

    /// <summary>Checks whether a plan can be followed in a folder, and writes nothing.</summary>
    /// <exception cref="DataException">The model is not made for such images, or the folder's checkpoints are of another plan.</exception>
    internal static void EnsureAllowed(PretrainingPlan plan, ClassificationData data, string folder)
    {
        EnsureTakes(plan.Model, data);
        if (CheckpointsIn(folder).Count > 0)
        {
            PretrainedNetwork.EnsureOf(plan, PretrainedNetwork.Progress(folder).Checkpoint, folder);
        }
    }

    /// <summary>The checkpoints of a pre-training by name, the newest first, and after how many steps each was saved. Nothing is opened.</summary>
    internal static IReadOnlyList<(string Name, long Steps)> CheckpointsIn(string folder)
    {
        var checkpoints = Path.Combine(folder, PretrainedNetwork.CheckpointFolder);
        return !Directory.Exists(checkpoints)
            ? []
            : [.. from path in Directory.EnumerateDirectories(checkpoints)
                  let match = CheckpointName.Match(Path.GetFileName(path))
                  where match.Success
                  orderby Number(match, "number") descending
                  select (match.Value, Number(match, "steps"))];

        static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>Checks whether a pre-training may begin or go on in a folder, and writes nothing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="from">The checkpoint to go on from; null to begin.</param>
    /// <exception cref="DataException">Another process is at work, or there is something to go on with and nobody said to, or the other way round.</exception>
    internal static void EnsureMeant(string folder, string? from)
    {
        var held = Path.Combine(folder, PretrainedNetwork.CheckpointFolder, ".lock");
        if (FileLock.IsTaken(held))
        {
            throw new DataException($"{folder}: {FileLock.HolderOf(held)} is at work there. Let it end, or give another --out.");
        }

        var checkpoints = CheckpointsIn(folder);
        var files = Outputs.Where(name => File.Exists(Path.Combine(folder, name))).ToList();
        switch (from, checkpoints, files)
        {
            case (null, [var (_, steps), ..], _):
                throw new DataException(FormattableString.Invariant($"{folder}: there are checkpoints of an earlier run ({steps} steps). Add --resume to go on with it, or give another --out."));
            case (_, [], [_, ..]):
                throw new DataException($"{folder}: an earlier run has left {string.Join(", ", files)}, but there is no checkpoint to resume from. Move it away, or give another --out.");
            case (not null, [], _):
                throw new DataException($"{folder}: there is no checkpoint to resume from. Leave --resume out, or give another --out.");
            case (not null and not Newest, _, _) when !checkpoints.Any(checkpoint => checkpoint.Name == from):
                throw new DataException($"{folder}: the checkpoint '{from}' is not there; the newest is '{checkpoints[0].Name}'.");
            default:
                return;
        }
    }

    [GeneratedRegex("^(?<number>[0-9]{1,18})-step-(?<steps>[0-9]{1,18})$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CheckpointName { get; }

    private static DivergenceException Diverged(PretrainingPlan plan, string folder, CheckpointStore store, NonFiniteStepException failure)
    {
        var rates = plan.Method == Method.Iid
            ? FormattableString.Invariant($"{plan.LearningRate:g}")
            : FormattableString.Invariant($"{plan.LearningRate:g}, inner {plan.InnerLearningRate:g}");
        var kept = PretrainedNetwork.LastUsable(store);
        var left = kept is null
            ? "There is no checkpoint of the steps before."
            : $"The checkpoint before it is kept: {kept.Path}, after {kept.Steps} steps; --resume{(kept == store.Checkpoints[0] ? "" : $" {kept.Name}")} goes on from it, and transfer takes its folder.";
        return new DivergenceException(
            FormattableString.Invariant(
                $"{folder}: {plan.Method.Title()} pre-training {(plan.Zap ? Arm.Zap : Arm.None).Title()} diverged: the loss is {failure.Loss} at step {failure.Step}, after {failure.Boundary?.ToString() ?? "no boundary"}. ")
            + $"Try a lower learning rate ({rates} here) in another --out, and look at the images. {left}",
            failure);
    }

    /// <exception cref="DataException">The model is not made for such images.</exception>
    private static void EnsureTakes(string model, ClassificationData data)
    {
        if (!ModelCatalog.Takes(model, data.Size, data.Channels))
        {
            throw new DataException(
                $"{data.Name}: the model '{model}' takes images of {ModelCatalog.ImagesOf(model)}, not {data.Size}x{data.Size} with {data.Channels}.");
        }
    }
}
