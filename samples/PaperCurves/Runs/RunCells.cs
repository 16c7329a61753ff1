using PaperCurves.Sweeps;
using Zapping.Training.Transfer;

namespace PaperCurves.Runs;

/// <summary>The transfers of a run as cells of a sweep.</summary>
/// <param name="preset">All numbers.</param>
internal sealed class RunCells(Preset preset)
{
    /// <summary>Whether each trial chooses a learning rate on classes that it holds out.</summary>
    public bool Chooses(TransferKind kind) => preset.HeldOutClasses > 0 && preset.LearningRates(kind).Count > 1;

    /// <summary>The transfers of one trial to held-out classes, on which it chooses.</summary>
    /// <param name="networks">What is transferred.</param>
    /// <param name="trial">Counted from 1.</param>
    public IReadOnlyList<TransferCell> Validation(IEnumerable<RunNetwork> networks, int trial) =>
    [
        .. from network in networks
           from kind in InOrder
           where Chooses(kind)
           from rate in preset.LearningRates(kind)
           select Of(network, kind, ClassPool.Validation, rate, trial),
    ];

    /// <summary>The transfers of one trial to test classes.</summary>
    /// <param name="networks">What is transferred.</param>
    /// <param name="trial">Counted from 1.</param>
    /// <param name="results">The results of <see cref="Validation"/>, by cell.</param>
    public IReadOnlyList<TransferCell> Test(IEnumerable<RunNetwork> networks, int trial, Func<TransferCell, CellResult> results) =>
    [
        .. from network in networks
           from kind in InOrder
           let rates = preset.LearningRates(kind)
           from rate in Chooses(kind) ? [RateChoice.Best([.. rates.Select(rate => results(Of(network, kind, ClassPool.Validation, rate, trial)))])] : rates
           select Of(network, kind, ClassPool.Test, rate, trial),
    ];

    /// <summary>The numbers of a kind of transfer. On held-out classes the end alone is looked at.</summary>
    public TransferSettings Settings(TransferKind kind, ClassPool pool) => new()
    {
        Protocol = kind.Protocol,
        Trains = kind.Trains,
        Classes = pool == ClassPool.Test ? preset.TransferClasses : preset.HeldOutClasses,
        Support = preset.SupportImages,
        Query = preset.QueryImages,
        EvaluateEvery = pool == ClassPool.Test ? preset.HeadEvaluationPeriod : preset.HeldOutClasses,
        EvaluateSupport = SupportEvaluation.Never,
        BatchSize = preset.IidBatchSize,
        Epochs = preset.IidEpochs,
        EvaluateAt = pool == ClassPool.Test ? preset.IidEvaluations : [],
    };

    private static IEnumerable<TransferKind> InOrder => RunKinds.All.Reverse();

    private TransferCell Of(RunNetwork network, TransferKind kind, ClassPool pool, double rate, int trial)
    {
        var ending = pool == ClassPool.Validation ? "-validation" : "";
        return new TransferCell(
            FormattableString.Invariant($"{network.Cell.Id}/{kind.Key}{TransferKeys.RateMark}{RateName.Of(rate)}-t{trial}{ending}"),
            network.Cell,
            kind.Key,
            Settings(kind, pool),
            rate,
            trial,
            pool)
        {
            Title = FormattableString.Invariant($"{kind.ProtocolTitle} ({network.Cell.Id}), trial {trial}, lr {rate:g}{(pool == ClassPool.Validation ? ", held-out classes" : "")}"),
        };
    }
}
