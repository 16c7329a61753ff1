using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Progress;
using PaperCurves.Sweeps;
using TorchSharp;
using Zapping.Training;
using Zapping.Training.Checkpoints;

namespace PaperCurves.Tests.Sweeps;

/// <summary>Makes cells at once: checkpoints of a tiny network, and accuracies that follow from the cell.</summary>
internal sealed class FakeCellExecutor : ICellExecutor
{
    private readonly Lock _lock = new();
    private readonly List<string> _made = [];

    /// <summary>Called with each id before it is made; may throw.</summary>
    public Action<string> Before { get; init; } = _ => { };

    /// <summary>Ids in the order in which they were begun.</summary>
    public IReadOnlyList<string> Begun => _made;

    /// <summary>Makes the sample sweep in a folder.</summary>
    public static CellStore Make(string folder, string only = "*")
    {
        var store = new CellStore(folder);
        new SweepRunner(SweepSample.Cells, store, new FakeCellExecutor(), new SilentProgress()).Run(new SweepLimits(only), CancellationToken.None);
        return store;
    }

    public void Pretrain(NetworkCell cell, string folder, IProgressReporter reporter, CancellationToken cancellationToken)
    {
        Begin(cell.Id, cancellationToken);
        SaveNetwork(cell.Plan, folder);
        using var log = new CsvLog<StepRow>(Path.Combine(folder, PretrainingRun.StepsFile), _ => false);
        log.Add(new StepRow(1, 0, AfterZap: cell.Plan.Zap, Loss: 0.1 + (cell.Plan.Seed / 3.0), Accuracy: 1 / 3.0, ValidationAccuracy: null));
    }

    public CellResult Transfer(TransferCell cell, string networkFolder, IProgressReporter reporter, CancellationToken cancellationToken)
    {
        Begin(cell.Id, cancellationToken);
        PretrainedNetwork.PlanOf(networkFolder).Should().Be(cell.Network.Plan);
        return Result(cell);
    }

    public static void SaveNetwork(PretrainingPlan plan, string folder, bool finished = true)
    {
        using var model = torch.nn.Linear(2, 2);
        using var optimizer = torch.optim.SGD(model.parameters(), 0.1);
        using var trainer = new ContinualTrainer(model, optimizer);
        using var store = new CheckpointStore(Path.Combine(folder, PretrainedNetwork.CheckpointFolder));
        var result = new PretrainingResult(plan.Method, 1, Seconds: 100, 1, 0.5, 0.5, 0.5, 0.5);
        var notes = new Dictionary<string, string>(StringComparer.Ordinal) { [PretrainedNetwork.PlanNote] = JsonSerializer.Serialize(plan, JsonDefaults.Options) };
        if (finished)
        {
            notes[PretrainedNetwork.ResultNote] = JsonSerializer.Serialize(result, JsonDefaults.Options);
        }

        store.Save(trainer, null, notes);
        if (finished)
        {
            SaveRecord(plan, folder, result, new Circumstances());
        }
    }

    /// <summary>What remains of a network in a repository: its record, no checkpoints.</summary>
    public static void SaveRecord(PretrainingPlan plan, string folder, PretrainingResult result, Circumstances circumstances) =>
        new PretrainingRecord(plan, "noise", result, circumstances).Write(folder);

    /// <summary>Makes a network's only checkpoint one that another version of the library has saved.</summary>
    /// <returns>Path of the checkpoint.</returns>
    public static string MakeOfVersion(string version, string folder)
    {
        var checkpoint = Checkpoint.Open(Path.Combine(folder, PretrainedNetwork.CheckpointFolder));
        var (description, sums) = (Path.Combine(checkpoint.Path, "checkpoint.json"), Path.Combine(checkpoint.Path, "SHA256SUMS"));
        var before = Hash(description);
        var text = JsonNode.Parse(File.ReadAllText(description))!;
        text["library_version"] = version;
        File.WriteAllText(description, text.ToJsonString());
        File.WriteAllText(sums, File.ReadAllText(sums).Replace(before, Hash(description), StringComparison.Ordinal));
        return checkpoint.Path;

        static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
    }

    public static CellResult Result(TransferCell cell, double accuracy = 0.5) => new()
    {
        Cell = cell.Id,
        Network = cell.Network.Network,
        Seed = cell.Network.Plan.Seed,
        Transfer = cell.Transfer,
        Trial = cell.Trial,
        LearningRate = cell.LearningRate,
        Pool = cell.Pool,
        Settings = cell.Settings,
        Plan = cell.Network.Plan,
        Data = cell.Network.Plan.Data,
        Points = [Point(1, accuracy), Point(2, accuracy)],
        Seconds = 10,
        Circumstances = new Circumstances(),
    };

    public static CellPoint Point(int classes, double accuracy)
    {
        var half = new CellAccuracy(accuracy, accuracy, string.Join(' ', Enumerable.Repeat("1", classes)));
        return new CellPoint(classes * 15, classes, half, half);
    }

    private void Begin(string id, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _made.Add(id);
        }

        Before(id);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
