using PaperCurves.Data;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
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

    /// <summary>Looks whether the run can be made, before anything is written.</summary>
    /// <exception cref="DataException">
    /// The data has too few classes or images, or the networks that are there are of another plan or made for other images.
    /// </exception>
    public static void EnsureAllowed(RunSettings settings, ClassificationData data)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(data);
        foreach (var arm in Enum.GetValues<Arm>())
        {
            var plan = settings.Pretrained is { } networks ? PretrainedNetwork.PlanOf(networks[arm]) : PlanOf(settings, data, arm);
            if (settings.Pretrained is null)
            {
                PretrainingFolder.EnsureAllowed(plan, data, PretrainedPair.FolderOf(settings.Output, arm));
            }

            TransferDraws.EnsureFit(plan, data, settings.Preset.TransferClasses, settings.Preset.SupportImages, settings.Preset.QueryImages);
        }
    }

    /// <summary>Runs everything.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted between two steps.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        var networks = Enum.GetValues<Arm>().ToDictionary(arm => arm, arm => Pretrain(arm, cancellationToken));
        using var work = new CellWork(data, _device);
        foreach (var trial in Enumerable.Range(settings.FirstTrial, _preset.Trials))
        {
            foreach (var (arm, folder) in networks)
            {
                foreach (var (protocol, learningRate) in Transfers(arm, trial))
                {
                    var network = new NetworkCell(arm.Key(), arm.Key(), PretrainedNetwork.PlanOf(folder));
                    var cell = new TransferCell(
                        FormattableString.Invariant($"{(protocol == Protocol.Iid ? "i.i.d." : "sequential")} ({arm.Key()}), trial {trial + 1}, lr {learningRate:g}"),
                        network, protocol.Key(), Settings(protocol), learningRate, trial + 1, ClassPool.Test);
                    var result = work.Transfer(cell, folder, progress, cancellationToken);
                    Transferred?.Invoke([.. result.Points.Select(point => new TransferPoint(
                        arm, protocol, learningRate, trial, protocol == Protocol.Iid ? (int)point.Steps : point.ClassesSeen, point.Query.Top1))]);
                }
            }
        }
    }

    /// <returns>The network's folder.</returns>
    private string Pretrain(Arm arm, CancellationToken cancellationToken)
    {
        var folder = settings.Pretrained?[arm] ?? PretrainedPair.FolderOf(settings.Output, arm);
        var plan = PlanOf(settings, data, arm);
        var result = settings.Pretrained is not null
            ? PretrainedNetwork.Progress(folder).Result
            : PretrainingFolder.Complete(plan, data, folder, _device, progress, cancellationToken);
        if (result is not null)
        {
            Pretrained?.Invoke(result);
        }

        return folder;
    }

    private static PretrainingPlan PlanOf(RunSettings settings, ClassificationData data, Arm arm)
    {
        var plan = PaperPlans.For(settings.Preset.Name, Method.Iid, "convnet", arm == Arm.Zap, data, settings.Seed);
        return plan with { Width = settings.Width ?? plan.Width };
    }

    private IEnumerable<(Protocol Protocol, double LearningRate)> Transfers(Arm arm, int trial) => _preset.HeadLearningRates
        .Select(learningRate => (Protocol.SequentialHead, learningRate))
        .Concat(_preset.IidLearningRates.Select(learningRate => (Protocol.Iid, learningRate)))
        .Where(transfer => !Done.Contains(new TransferKey(arm, transfer.Item1, transfer.learningRate, trial)));

    private TransferSettings Settings(Protocol protocol) => new()
    {
        Protocol = protocol == Protocol.Iid ? TransferProtocol.Iid : TransferProtocol.Sequential,
        Trains = protocol == Protocol.Iid ? Trained.All : Trained.Head,
        Classes = _preset.TransferClasses,
        Support = _preset.SupportImages,
        Query = _preset.QueryImages,
        EvaluateEvery = _preset.HeadEvaluationPeriod,
        EvaluateSupport = SupportEvaluation.AtTheEnd,
        BatchSize = _preset.IidBatchSize,
        Epochs = _preset.IidEpochs,
        EvaluateAt = _preset.IidEvaluations,
    };
}
