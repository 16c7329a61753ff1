using Zapping.Training.Transfer;

namespace PaperCurves.Sweeps;

/// <summary>A way of transferring: how support images are learned, and what learns.</summary>
/// <param name="Protocol">How they are learned.</param>
/// <param name="Trains">What moves meanwhile.</param>
public readonly record struct TransferKind(TransferProtocol Protocol, Trained Trains)
{
    /// <summary>Class after class, the whole network learns.</summary>
    public static TransferKind SequentialUnfrozen { get; } = new(TransferProtocol.Sequential, Trained.All);

    /// <summary>Class after class, the classifier alone learns.</summary>
    public static TransferKind SequentialHead { get; } = new(TransferProtocol.Sequential, Trained.Head);

    /// <summary>Shuffled batches, the whole network learns.</summary>
    public static TransferKind IidUnfrozen { get; } = new(TransferProtocol.Iid, Trained.All);

    /// <summary>The classifier is the least-squares solution.</summary>
    public static TransferKind ZeroShot { get; } = new(TransferProtocol.LeastSquares, Trained.Head);

    /// <summary>Those that were published.</summary>
    public static IReadOnlyList<TransferKind> Published { get; } = [SequentialUnfrozen, SequentialHead, IidUnfrozen, ZeroShot];

    /// <summary>As in the published tables and in names of files.</summary>
    public string Key => Protocol switch
    {
        TransferProtocol.LeastSquares => "zero-shot",
        TransferProtocol.Iid => $"iid-{Scope}",
        _ => $"sequential-{Scope}",
    };

    /// <summary>As people read it.</summary>
    public string Title => Protocol == TransferProtocol.LeastSquares ? "zero-shot" : $"{ProtocolTitle}, {Learner}";

    /// <summary>The same as a heading.</summary>
    public string Heading => Protocol == TransferProtocol.LeastSquares ? "zero-shot transfer" : $"{ProtocolTitle} transfer, {Learner}";

    /// <summary>What x counts.</summary>
    public string Axis => Protocol == TransferProtocol.Iid ? "Adam steps" : "classes learned so far";

    /// <summary>The same as in the published tables.</summary>
    public string AxisKey => Protocol == TransferProtocol.Iid ? "step" : "classes_seen";

    /// <summary>Where the published curves end.</summary>
    public int PublishedEnd => Protocol switch
    {
        TransferProtocol.Iid => 180,
        TransferProtocol.LeastSquares => 0,
        _ => 600,
    };

    private string Scope => Trains == Trained.All ? "unfrozen" : "head";

    /// <summary>How support images are learned, as people read it.</summary>
    public string ProtocolTitle => Protocol == TransferProtocol.Iid ? "i.i.d." : "sequential";

    private string Learner => Trains == Trained.All ? "whole network" : "classifier only";

    /// <summary>The published kind of settings; null if nothing of that kind was published. How many classes and images there are is free.</summary>
    public static TransferKind? PublishedOf(TransferSettings settings) => settings switch
    {
        { Softmax: ClassMask.Task } => null,
        { Protocol: TransferProtocol.Sequential } => new(settings.Protocol, settings.Trains),
        { Protocol: TransferProtocol.Iid, Trains: Trained.All, BatchSize: 256, Epochs: 5 } => IidUnfrozen,
        { Protocol: TransferProtocol.LeastSquares } => ZeroShot,
        _ => null,
    };
}
