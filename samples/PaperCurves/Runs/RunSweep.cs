using System.Runtime.ExceptionServices;
using PaperCurves.Pretraining;
using PaperCurves.Progress;
using PaperCurves.Sweeps;
using Zapping.Datasets;
using static TorchSharp.torch;

namespace PaperCurves.Runs;

/// <summary>
/// The main path: a sweep of a network for every arm, each transferred to unseen classes, trial by trial. Each trial first
/// chooses its learning rate on classes that it holds out from its test, so the cells of its test follow from results.
/// </summary>
/// <param name="settings">What to do.</param>
/// <param name="data">On what.</param>
internal sealed class RunSweep(RunSettings settings, ClassificationData data)
{
    private readonly RunCells _cells = new(settings.Preset);
    private readonly IReadOnlyList<RunNetwork> _networks = RunNetwork.Of(settings, data);

    /// <summary>Told of each stage that is finished: pre-training, the choices of a trial, its tests.</summary>
    public event Action? Advanced;

    /// <summary>All results that are there, of earlier runs in the folder too.</summary>
    /// <exception cref="DataException">One is damaged, or of another version.</exception>
    public IReadOnlyList<CellResult> Results() => Store().All();

    /// <summary>What pre-training has ended with, as far as it has.</summary>
    public IReadOnlyDictionary<Arm, PretrainingResult> Pretraining() => new SortedDictionary<Arm, PretrainingResult>(
        _networks.Select(network => (network.Arm, Result: network.Result())).Where(network => network.Result is not null).ToDictionary(network => network.Arm, network => network.Result!));

    /// <summary>Looks whether the run can be made, before anything is written.</summary>
    /// <exception cref="DataException">
    /// The data has too few classes or images, or what is there is of another plan, of other images, or of other settings.
    /// </exception>
    public void EnsureAllowed()
    {
        var preset = settings.Preset;
        foreach (var network in _networks)
        {
            if (!network.IsGiven)
            {
                PretrainingFolder.EnsureAllowed(network.Plan, data, network.Folder);
            }

            EnsureHoldsOut(network.Plan);
            TransferDraws.EnsureFit(network.Plan, data, preset.TransferClasses, preset.SupportImages, preset.QueryImages);
        }

        EnsureGoesOn();
    }

    /// <summary>Makes what is missing.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted between two steps.</exception>
    public void Run(IProgressReporter reporter, CancellationToken cancellationToken)
    {
        using var work = new CellExecutor(data, device(settings.Device));
        if (settings.Pretrained is null)
        {
            Make(new SweepCells([.. _networks.Select(network => network.Cell)], []), "networks");
        }

        var store = Store();
        foreach (var trial in Enumerable.Range(settings.FirstTrial + 1, settings.Preset.Trials))
        {
            Make(new SweepCells([], _cells.Validation(_networks, trial)), FormattableString.Invariant($"trial {trial}, learning rates"));
            Make(new SweepCells([], _cells.Test(_networks, trial, cell => store.Find(cell)!)), FormattableString.Invariant($"trial {trial}, tests"));
        }

        void Make(SweepCells cells, string title)
        {
            if (cells.Networks.Count + cells.Transfers.Count == 0)
            {
                return;
            }

            var outcome = new SweepRunner(cells, Store(), work, reporter, title).Run(new SweepLimits(StopAtFailure: true), cancellationToken);
            if (outcome.Failures is [{ Cause: { } cause }, ..])
            {
                ExceptionDispatchInfo.Throw(cause);
            }

            Advanced?.Invoke();
        }
    }

    private CellStore Store()
    {
        var folders = _networks.ToDictionary(network => network.Cell.Id, network => network.Folder, StringComparer.Ordinal);
        return new CellStore(settings.Output, cell => folders[cell.Id]);
    }

    private void EnsureHoldsOut(PretrainingPlan plan)
    {
        var preset = settings.Preset;
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

    // Results of other settings cannot share a picture.
    private void EnsureGoesOn()
    {
        var results = Results();
        var csv = Path.Combine(settings.Output, RunFolder.Results);
        if (results.Count == 0 && File.Exists(csv) && File.ReadLines(csv).Skip(1).Any())
        {
            throw new DataException($"{csv}: another version of the app wrote it, and kept no results beside it that could be gone on with. Give another --out, or move it away.");
        }

        foreach (var result in results)
        {
            var kind = new TransferKind(result.Settings.Protocol, result.Settings.Trains);
            var difference = RunKinds.All.Contains(kind)
                ? JsonDifference.Between(
                    new { result.Data, result.Plan.Method, result.Settings }, new { Data = data.Name, settings.Method, Settings = _cells.Settings(kind, result.Pool) })
                : $"it is {kind.Title}";
            if (difference.Length > 0)
            {
                throw new DataException($"{settings.Output}: the result of {result.Cell} is of another experiment: {difference}. Give the same options, or another --out.");
            }
        }
    }
}
