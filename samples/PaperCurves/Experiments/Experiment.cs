using PaperCurves.Data;
using PaperCurves.Models;
using PaperCurves.Pretraining;
using PaperCurves.Transfer;
using TorchSharp;
using Zapping.Training;
using static TorchSharp.torch;

namespace PaperCurves.Experiments;

/// <summary>
/// The main path: pre-train both arms, then transfer both to unseen classes, trial by trial. Results are handed out
/// as they come, so that an interrupted run keeps what it has.
/// </summary>
/// <param name="settings">What to do.</param>
/// <param name="data">On what.</param>
/// <param name="progress">Where to tell about it.</param>
public sealed class Experiment(RunSettings settings, ClassificationData data, IProgressBoard progress)
{
    private readonly Device _device = device(settings.Device);
    private readonly Preset _preset = settings.Preset;

    /// <summary>What pre-training of each arm ended with.</summary>
    public event Action<PretrainingResult>? Pretrained;

    /// <summary>All evaluations of one transfer.</summary>
    public event Action<IReadOnlyList<TransferPoint>>? Transferred;

    /// <summary>Transfers that need not be made again; default: none.</summary>
    public IReadOnlySet<TransferKey> Done { get; init; } = new HashSet<TransferKey>();

    /// <summary>Runs everything.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted between two steps.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        var models = new Dictionary<Arm, PaperModel>();
        try
        {
            Pretrain(models, cancellationToken);
            foreach (var trial in Enumerable.Range(settings.FirstTrial, _preset.Trials))
            {
                using var draw = new TransferDraw(data.Transfer, _preset, trial, _device);
                foreach (var (arm, model) in models)
                {
                    TransferHead(arm, model, draw, cancellationToken);
                    TransferAll(arm, model, draw, cancellationToken);
                }
            }
        }
        finally
        {
            foreach (var model in models.Values)
            {
                model.Dispose();
            }
        }
    }

    private void Pretrain(Dictionary<Arm, PaperModel> models, CancellationToken cancellationToken)
    {
        foreach (var arm in Enum.GetValues<Arm>())
        {
            var (model, result) = settings.Pretrained is { } networks
                ? PretrainedNetwork.Load(networks[arm])
                : Pretrain(arm, cancellationToken);
            model.to(_device);
            models.Add(arm, model);
            if (result is not null)
            {
                Pretrained?.Invoke(result);
            }
        }
    }

    private (PaperModel Model, PretrainingResult? Result) Pretrain(Arm arm, CancellationToken cancellationToken)
    {
        var plan = PretrainingPlan.Of(_preset, arm, data, settings.Seed);
        var folder = PretrainedPair.FolderOf(settings.Output, arm);
        using (var store = new CheckpointStore(Path.Combine(folder, PretrainedNetwork.CheckpointFolder)))
        {
            var newest = settings.Resume && store.Checkpoints is [var first, ..] ? first : null;
            if (newest is not null)
            {
                PretrainedNetwork.EnsureOf(plan, newest, folder);
            }

            if (newest is null || !PretrainedNetwork.IsFinished(newest))
            {
                Pretrain(plan, store, newest, cancellationToken);
            }
        }

        return PretrainedNetwork.Load(folder);
    }

    private void Pretrain(PretrainingPlan plan, CheckpointStore store, Checkpoint? newest, CancellationToken cancellationToken)
    {
        using var split = new PretrainingSplit(data, plan, _device);
        using var run = new PretrainingRun(plan, split, _device);
        run.UseCheckpoints(store, newest?.Name);
        try
        {
            run.Save(store, run.Train(progress, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            run.Save(store);
            throw;
        }
    }

    private void TransferHead(Arm arm, PaperModel model, TransferDraw draw, CancellationToken cancellationToken)
    {
        var learningRates = Missing(_preset.HeadLearningRates, arm, Protocol.SequentialHead, draw);
        if (learningRates.Count == 0)
        {
            return;
        }

        using var features = new Features(model, draw, cancellationToken);
        foreach (var learningRate in learningRates)
        {
            using var line = Begin("sequential", arm, draw, learningRate, draw.Support.Inputs.shape[0]);
            Transferred?.Invoke(
                SequentialHeadTransfer.Run(arm, features, draw, _preset, learningRate, line, cancellationToken));
        }
    }

    private void TransferAll(Arm arm, PaperModel model, TransferDraw draw, CancellationToken cancellationToken)
    {
        foreach (var learningRate in Missing(_preset.IidLearningRates, arm, Protocol.Iid, draw))
        {
            using var line = Begin("i.i.d.", arm, draw, learningRate, draw.Support.Inputs.shape[0] * _preset.IidEpochs);
            Transferred?.Invoke(IidTransfer.Run(arm, model, draw, _preset, learningRate, line, cancellationToken));
        }
    }

    private List<double> Missing(IEnumerable<double> learningRates, Arm arm, Protocol protocol, TransferDraw draw) =>
        [.. learningRates.Where(learningRate => !Done.Contains(new TransferKey(arm, protocol, learningRate, draw.Trial)))];

    private IProgressLine Begin(string protocol, Arm arm, TransferDraw draw, double learningRate, double images) =>
        progress.Begin(
            FormattableString.Invariant($"{protocol} ({arm.Key()}), trial {draw.Trial + 1}/{settings.FirstTrial + _preset.Trials}, lr {learningRate:g}"),
            images,
            "images");
}
