using System.Globalization;
using System.Text.Json;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using Zapping.Datasets;
using Zapping.Training.Files;

namespace PaperCurves.Runs;

/// <summary>The folder that "run" and "transfer" write into: its names, who is at work there, and what an earlier run has left.</summary>
internal static class RunFolder
{
    public const string Results = "results.csv";
    public const string Record = "run.json";
    public const string Curves = "curves.png";
    private const string Lock = ".lock";

    /// <summary>Everything that is written.</summary>
    public static IReadOnlyList<string> Outputs { get; } =
        [Results, Record, Curves, "cells/", "locks/", "pretrained/", .. Enum.GetValues<Arm>().Select(arm => $"{PretrainedNetworks.FolderOf("", arm)}/")];

    /// <summary>Checks whether a run may begin or go on here, and writes nothing.</summary>
    /// <exception cref="DataException">Another process is at work, or there is something to go on with and nobody said to, or the other way round.</exception>
    public static void EnsureMeant(string folder, bool resume)
    {
        var file = Path.Combine(folder, Lock);
        if (FileLock.IsTaken(file))
        {
            throw InUse(folder, file);
        }

        EnsureRight(folder, resume);
    }

    /// <summary>Checks whether the results that are there are of the same networks, as far as run.json says.</summary>
    /// <exception cref="DataException">They are of others, or run.json is damaged.</exception>
    public static void EnsureSameNetworks(RunSettings settings)
    {
        var path = Path.Combine(settings.Output, Record);
        if (!settings.Resume || !File.Exists(path))
        {
            return;
        }

        var ours = NetworksOf(settings);
        foreach (var (arm, its) in NetworksIn(path))
        {
            if (ours.TryGetValue(arm, out var network) && network != its)
            {
                throw new DataException($"{path}: its results are of another network of {arm.Noun()}: {its}, not {network}. Give the same networks, or another --out.");
            }
        }
    }

    /// <summary>What sets the networks of a run apart from others of the same plan, for run.json.</summary>
    public static IReadOnlyDictionary<Arm, string> NetworksOf(RunSettings settings) => settings.Pretrained is { } there
        ? there.ToDictionary(network => network.Key, network => Identity(network.Value))
        : Enum.GetValues<Arm>().ToDictionary(arm => arm, _ => string.Create(CultureInfo.InvariantCulture, $"trained here with seed {settings.Seed}"));

    /// <summary>Has the folder, which is made if need be, until the result is disposed of.</summary>
    /// <exception cref="DataException">Another process is at work, or has begun and ended since <see cref="EnsureMeant"/> was asked.</exception>
    public static FileLock Take(string folder, bool resume)
    {
        var file = Path.Combine(Directory.CreateDirectory(folder).FullName, Lock);
        var ours = FileLock.Try(file) ?? throw InUse(folder, file);
        try
        {
            EnsureRight(folder, resume);
            return ours;
        }
        catch
        {
            ours.Dispose();
            throw;
        }
    }

    private static void EnsureRight(string folder, bool resume)
    {
        var left = Left(folder).ToList();
        if (left.Count > 0 && !resume)
        {
            throw new DataException($"{folder}: an earlier run has left {string.Join(", ", left)}. Add --resume to go on with it, which makes only what is missing, or give another --out.");
        }

        if (left.Count == 0 && resume)
        {
            throw new DataException($"{folder}: there is nothing to resume. Leave --resume out, or give the --out of the run that was interrupted.");
        }
    }

    private static DataException InUse(string folder, string file) => new($"{folder}: {FileLock.HolderOf(file)} is at work there. Let it end, or give another --out.");

    private static IEnumerable<string> Left(string folder)
    {
        if (File.Exists(Path.Combine(folder, Results)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, File.ReadLines(Path.Combine(folder, Results)).Count() - 1)} evaluations in {Results}");
        }

        foreach (var name in new[] { Record, Curves }.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            yield return name;
        }

        foreach (var arm in Enum.GetValues<Arm>())
        {
            if (PretrainingFolder.CheckpointsIn(PretrainedNetworks.FolderOf(folder, arm)) is [var newest, ..])
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"a network of {arm.Noun()} ({newest.Steps} steps)");
            }
        }
    }

    private static string Identity(string folder)
    {
        var (plan, _, checkpoint) = PretrainedNetwork.Progress(folder);
        return string.Create(CultureInfo.InvariantCulture, $"seed {plan.Seed}, {checkpoint.Steps} steps, saved {checkpoint.Saved:u}");
    }

    private static Dictionary<Arm, string> NetworksIn(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<PartOfRecord>(File.ReadAllText(path), JsonDefaults.Options)?.Networks ?? [];
        }
        catch (JsonException failure)
        {
            throw new DataException($"{path}:{(failure.LineNumber ?? 0) + 1}: damaged ({failure.Message}). Move it away, or give another --out.", failure);
        }
    }

    /// <summary>The part of run.json that is read again; earlier versions of the app have not written it.</summary>
    private sealed record PartOfRecord(Dictionary<Arm, string>? Networks);
}
