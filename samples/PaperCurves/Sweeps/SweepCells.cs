using PaperCurves.Pretraining;
using Zapping.Datasets;
using Zapping.Models;

namespace PaperCurves.Sweeps;

/// <summary>
/// What a sweep comes down to on a data set. An id says all that sets a cell apart within the sweep, so adding networks,
/// seeds, learning rates or trials changes no other cell's.
/// </summary>
/// <param name="Networks">Pre-trainings to make, in the order of the file.</param>
/// <param name="Transfers">Those of one network together, and within it those of one draw, which share features.</param>
public sealed record SweepCells(IReadOnlyList<NetworkCell> Networks, IReadOnlyList<TransferCell> Transfers)
{
    /// <summary>Expands a sweep.</summary>
    /// <param name="sweep">What the file says.</param>
    /// <param name="data">On what; plans and limits depend on it.</param>
    /// <exception cref="SweepException">The data has not enough classes or images, or the model does not take them.</exception>
    public static SweepCells Of(Sweep sweep, ClassificationData data)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(data);
        EnsureTakes(sweep, data);
        var networks = sweep.Networks.SelectMany(network => network.Seeds.Select(seed => Network(sweep, network, seed, data))).ToList();
        EnsureFits(sweep, networks, data);
        return new SweepCells(networks, [.. networks.SelectMany(network => TransfersOf(network, sweep))]);
    }

    private static NetworkCell Network(Sweep sweep, NetworkSweep network, ulong seed, ClassificationData data) => new(
        FormattableString.Invariant($"{network.Name}-s{seed}"),
        network.Name,
        network.Adjust(PaperPlans.For(sweep.Preset.Name, network.Method, sweep.Model, network.Zap, data, seed)));

    private static IEnumerable<TransferCell> TransfersOf(NetworkCell network, Sweep sweep) =>
        from transfer in sweep.Transfers
        where transfer.Networks.Contains(network.Network, StringComparer.Ordinal)
        from cell in Test(transfer, network).Concat(Validation(transfer, sweep.Validation, network))
        orderby cell.Pool, cell.Trial
        select cell;

    private static IEnumerable<TransferCell> Test(TransferSweep transfer, NetworkCell network) =>
        Grid(transfer, transfer.Settings, transfer.Trials, network, ClassPool.Test);

    // Where no step is made there is no learning rate to choose.
    private static IEnumerable<TransferCell> Validation(TransferSweep transfer, ValidationSweep? validation, NetworkCell network) =>
        validation is null || transfer.LearningRates.Count == 0
            ? []
            : Grid(transfer, transfer.Settings with { Classes = validation.Classes }, validation.Trials, network, ClassPool.Validation);

    private static IEnumerable<TransferCell> Grid(
        TransferSweep transfer, TransferSettings settings, int trials, NetworkCell network, ClassPool pool) =>
        from trial in Enumerable.Range(1, trials)
        from rate in transfer.LearningRates.Count == 0 ? [null] : transfer.LearningRates.Select(rate => (double?)rate)
        select new TransferCell(Id(network, transfer.Name, rate, trial, pool), network, transfer.Name, settings, rate, trial, pool);

    private static string Id(NetworkCell network, string transfer, double? rate, int trial, ClassPool pool)
    {
        var ofRate = rate is { } value ? TransferKeys.RateMark + RateName.Of(value) : "";
        var ofPool = pool == ClassPool.Validation ? "-validation" : "";
        return FormattableString.Invariant($"{network.Id}/{transfer}{ofRate}-t{trial}{ofPool}");
    }

    private static void EnsureTakes(Sweep sweep, ClassificationData data)
    {
        if (!ModelCatalog.Takes(sweep.Model, data.Size, data.Channels))
        {
            throw SweepException.At(
                sweep.File,
                1,
                $"the model '{sweep.Model}' takes images of {ModelCatalog.ImagesOf(sweep.Model)}; "
                + $"{data.Name} has {data.Size}x{data.Size} with {data.Channels}");
        }
    }

    private static void EnsureFits(Sweep sweep, List<NetworkCell> networks, ClassificationData data)
    {
        var all = data.Training.ClassCount;
        foreach (var (id, _, plan) in networks)
        {
            if (plan.Classes > all || (plan.Classes < all && sweep.Validation?.Classes > all - plan.Classes))
            {
                throw SweepException.At(
                    sweep.File,
                    1,
                    $"the network {id} is trained on {plan.Classes} classes and validated on {sweep.Validation?.Classes ?? 0} others; {data.Name} has {all} to train on");
            }
        }

        foreach (var transfer in sweep.Transfers)
        {
            var tested = transfer.Trials > 0 ? transfer.Settings.Classes : 0;
            var held = networks.Exists(network => network.Plan.Classes == all) ? sweep.Validation?.Classes ?? 0 : 0;
            if (tested + held > data.Transfer.ClassCount)
            {
                throw TooMuch(transfer, $"{tested} classes and validation {held}; {data.Name} has {data.Transfer.ClassCount} to transfer to");
            }

            var (support, query) = (transfer.Settings.Support, transfer.Settings.Query);
            if (support + query > data.Transfer.ImagesPerClass)
            {
                throw TooMuch(transfer, $"{support} support and {query} query images of each class; {data.Name} has {data.Transfer.ImagesPerClass}");
            }
        }

        SweepException TooMuch(TransferSweep transfer, string needs) =>
            SweepException.At(sweep.File, transfer.Line, $"transfers.{transfer.Name} needs {needs}");
    }
}
