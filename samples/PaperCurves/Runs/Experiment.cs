using PaperCurves.Pretraining;
using PaperCurves.Progress;
using PaperCurves.Sweeps;
using Zapping.Datasets;
using Zapping.Training;
using static TorchSharp.torch;

namespace PaperCurves.Runs;

/// <summary>
/// The main path: pre-train a network for every arm, then transfer all of them to unseen classes, trial by trial. Each trial
/// first chooses its learning rate on classes that it holds out from its test. Results are handed out as they come, so that
/// an interrupted run keeps what it has.
/// </summary>
/// <param name="settings">What to do.</param>
/// <param name="data">On what.</param>
/// <param name="progress">Where to tell about it.</param>
/// <param name="made">Evaluations of transfers that need not be made again.</param>
public sealed class Experiment(RunSettings settings, ClassificationData data, IProgressReporter progress, IEnumerable<TransferPoint> made)
{
    private readonly Device _device = device(settings.Device);
    private readonly Preset _preset = settings.Preset;
    private readonly Dictionary<TransferKey, IReadOnlyList<TransferPoint>> _made =
        made.GroupBy(point => point.Key).ToDictionary(transfer => transfer.Key, transfer => (IReadOnlyList<TransferPoint>)[.. transfer]);

    /// <summary>What pre-training of each arm ended with.</summary>
    public event Action<Arm, PretrainingResult>? Pretrained;

    /// <summary>All evaluations of one transfer.</summary>
    public event Action<IReadOnlyList<TransferPoint>>? Transferred;

    /// <summary>Checks whether the run can be made, before anything is written.</summary>
    /// <exception cref="DataException">
    /// The data has too few classes or images, or the networks that are there are of another plan or made for other images.
    /// </exception>
    public static void EnsureAllowed(RunSettings settings, ClassificationData data)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(data);
        foreach (var arm in settings.Pretrained?.Keys ?? Enum.GetValues<Arm>())
        {
            var plan = settings.Pretrained is { } networks ? PretrainedNetwork.PlanOf(networks[arm]) : PlanOf(settings, data, arm);
            if (settings.Pretrained is null)
            {
                PretrainingFolder.EnsureAllowed(plan, data, PretrainedNetworks.FolderOf(settings.Output, arm));
            }

            EnsureHoldsOut(settings.Preset, plan, data);
            TransferDraws.EnsureFit(plan, data, settings.Preset.TransferClasses, settings.Preset.SupportImages, settings.Preset.QueryImages);
        }
    }

    /// <summary>Runs everything.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted between two steps.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        var networks = settings.Pretrained is { } there
            ? [.. there.OrderBy(network => network.Key).Select(network => Known(network.Key, network.Value))]
            : Pretrain(cancellationToken);
        using var work = new CellExecutor(data, _device);
        foreach (var trial in Enumerable.Range(settings.FirstTrial, _preset.Trials))
        {
            foreach (var network in networks)
            {
                foreach (var kind in RunKinds.All.Reverse())
                {
                    Transfer(work, network, kind, trial, cancellationToken);
                }
            }
        }
    }

    private Network Known(Arm arm, string folder)
    {
        var (plan, result, _) = PretrainedNetwork.Progress(folder);
        if (result is not null)
        {
            Pretrained?.Invoke(arm, result);
        }

        return new Network(arm, folder, new NetworkCell(arm.Key(), arm.Key(), plan));
    }

    private List<Network> Pretrain(CancellationToken cancellationToken)
    {
        var networks = new List<Network>();
        foreach (var arm in Enum.GetValues<Arm>())
        {
            var folder = PretrainedNetworks.FolderOf(settings.Output, arm);
            var plan = PlanOf(settings, data, arm);
            var result = PretrainingFolder.Complete(plan, data, folder, _device, progress, cancellationToken);
            Pretrained?.Invoke(arm, result);
            networks.Add(new Network(arm, folder, new NetworkCell(arm.Key(), arm.Key(), plan)));
        }

        return networks;
    }

    private static PretrainingPlan PlanOf(RunSettings settings, ClassificationData data, Arm arm)
    {
        var plan = PaperPlans.For(settings.Preset.Name, Method.Iid, "convnet", zap: arm != Arm.None, data, settings.Seed).Resetting(arm);
        return plan with { Width = settings.Width ?? plan.Width };
    }

    private static void EnsureHoldsOut(Preset preset, PretrainingPlan plan, ClassificationData data)
    {
        var leftOut = data.Training.ClassCount - plan.Classes;
        var needed = preset.TransferClasses + (leftOut > 0 ? 0 : preset.HeldOutClasses);
        if (needed > data.Transfer.ClassCount)
        {
            throw new DataException(
                $"{data.Name}: preset {preset.Name} transfers to {preset.TransferClasses} classes and chooses learning rates on {preset.HeldOutClasses} others; "
                + $"there are {data.Transfer.ClassCount} that pre-training does not see.");
        }

        if (leftOut > 0 && leftOut < preset.HeldOutClasses)
        {
            throw new DataException(
                $"{data.Name}: preset {preset.Name} chooses learning rates on {preset.HeldOutClasses} classes; pre-training leaves out {leftOut} of {data.Training.ClassCount}.");
        }
    }

    private void Transfer(CellExecutor work, Network network, TransferKind kind, int trial, CancellationToken cancellationToken)
    {
        var rates = _preset.LearningRates(kind);
        if (_preset.HeldOutClasses > 0 && rates.Count > 1)
        {
            rates = [RateChoice.Best(rates.SelectMany(rate => Transfer(ClassPool.Validation, rate)).ToList())];
        }

        foreach (var rate in rates)
        {
            Transfer(ClassPool.Test, rate);
        }

        IReadOnlyList<TransferPoint> Transfer(ClassPool pool, double rate)
        {
            var key = new TransferKey(network.Arm, kind, pool, rate, trial);
            if (!_made.TryGetValue(key, out var points))
            {
                points = Make(work, network, key, cancellationToken);
                _made.Add(key, points);
                Transferred?.Invoke(points);
            }

            return points;
        }
    }

    private IReadOnlyList<TransferPoint> Make(CellExecutor work, Network network, TransferKey key, CancellationToken cancellationToken)
    {
        var isIid = key.Kind == TransferKind.IidUnfrozen;
        var title = FormattableString.Invariant($"{(isIid ? "i.i.d." : "sequential")} ({key.Arm.Key()}), trial {key.Trial + 1}, lr {key.LearningRate:g}");
        var cell = new TransferCell(
            key.Pool == ClassPool.Validation ? $"{title}, held-out classes" : title,
            network.Cell,
            key.Kind.Key,
            Settings(key.Kind, key.Pool),
            key.LearningRate,
            key.Trial + 1,
            key.Pool);
        var result = work.Transfer(cell, network.Folder, progress, cancellationToken);
        return [.. result.Points.Select(point => new TransferPoint(key, isIid ? (int)point.Steps : point.ClassesSeen, point.Query.Top1))];
    }

    // On held-out classes the end alone is looked at.
    private TransferSettings Settings(TransferKind kind, ClassPool pool) => new()
    {
        Protocol = kind.Protocol,
        Trains = kind.Trains,
        Classes = pool == ClassPool.Test ? _preset.TransferClasses : _preset.HeldOutClasses,
        Support = _preset.SupportImages,
        Query = _preset.QueryImages,
        EvaluateEvery = pool == ClassPool.Test ? _preset.HeadEvaluationPeriod : _preset.HeldOutClasses,
        EvaluateSupport = SupportEvaluation.Never,
        BatchSize = _preset.IidBatchSize,
        Epochs = _preset.IidEpochs,
        EvaluateAt = pool == ClassPool.Test ? _preset.IidEvaluations : [],
    };

    private sealed record Network(Arm Arm, string Folder, NetworkCell Cell);
}
