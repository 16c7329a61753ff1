using PaperCurves.Sweeps;
using Zapping.Training.Transfer;

namespace PaperCurves.Report;

/// <summary>The published ways of transferring.</summary>
internal enum TransferKind
{
    /// <summary>Class after class, the whole network learns.</summary>
    SequentialUnfrozen,

    /// <summary>Class after class, the classifier alone learns.</summary>
    SequentialHead,

    /// <summary>Shuffled batches, the whole network learns.</summary>
    IidUnfrozen,

    /// <summary>The classifier is the least-squares solution.</summary>
    ZeroShot,
}

/// <summary>How kinds of transfer are written and told apart.</summary>
internal static class TransferKinds
{
    /// <summary>As in the published tables and in names of files.</summary>
    public static string Key(this TransferKind kind) => kind switch
    {
        TransferKind.SequentialUnfrozen => "sequential-unfrozen",
        TransferKind.SequentialHead => "sequential-head",
        TransferKind.IidUnfrozen => "iid-unfrozen",
        _ => "zero-shot",
    };

    /// <summary>As people read it.</summary>
    public static string Title(this TransferKind kind) => kind switch
    {
        TransferKind.SequentialUnfrozen => "sequential, whole network",
        TransferKind.SequentialHead => "sequential, classifier only",
        TransferKind.IidUnfrozen => "i.i.d., whole network",
        _ => "zero-shot",
    };

    /// <summary>What x counts.</summary>
    public static string Axis(this TransferKind kind) => kind == TransferKind.IidUnfrozen ? "Adam steps" : "classes learned so far";

    /// <summary>Where the published curves end.</summary>
    public static int PublishedEnd(this TransferKind kind) => kind switch
    {
        TransferKind.IidUnfrozen => 180,
        TransferKind.ZeroShot => 0,
        _ => 600,
    };

    /// <summary>The kind of settings; null if nothing of that kind was published. How many classes and images there are is free.</summary>
    public static TransferKind? Of(TransferSettings settings) => settings switch
    {
        { Softmax: ClassMask.Task } => null,
        { Protocol: TransferProtocol.Sequential, Trains: Trained.All } => TransferKind.SequentialUnfrozen,
        { Protocol: TransferProtocol.Sequential, Trains: Trained.Head } => TransferKind.SequentialHead,
        { Protocol: TransferProtocol.Iid, Trains: Trained.All, BatchSize: 256, Epochs: 5 } => TransferKind.IidUnfrozen,
        { Protocol: TransferProtocol.LeastSquares } => TransferKind.ZeroShot,
        _ => null,
    };
}
