using PaperCurves.Sweeps;

namespace PaperCurves.Experiments;

/// <summary>How knowledge is transferred to unseen classes.</summary>
public enum Protocol
{
    /// <summary>The whole network, shuffled batches; x counts Adam steps.</summary>
    Iid,

    /// <summary>The classifier alone, class after class, one image a step; x counts classes seen.</summary>
    SequentialHead,
}

/// <summary>Which transfer it is; its evaluations differ in x alone.</summary>
/// <param name="Arm">How the network was pre-trained.</param>
/// <param name="Protocol">How it is transferred.</param>
/// <param name="Pool">To which classes.</param>
/// <param name="LearningRate">Adam's, in transfer.</param>
/// <param name="Trial">Which draw.</param>
public readonly record struct TransferKey(Arm Arm, Protocol Protocol, ClassPool Pool, double LearningRate, int Trial);

/// <summary>One evaluation.</summary>
/// <param name="Key">Of which transfer.</param>
/// <param name="X">Steps made, or classes seen.</param>
/// <param name="QueryAccuracy">On query images of the classes seen so far, as a fraction.</param>
public sealed record TransferPoint(TransferKey Key, int X, double QueryAccuracy);

/// <summary>How protocols are written.</summary>
public static class ProtocolNames
{
    /// <summary>As in the published tables.</summary>
    public static string Key(this Protocol protocol) => protocol == Protocol.Iid ? "iid-unfrozen" : "sequential-head";

    /// <summary>The protocol of a key.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Protocol Parse(string key) => Enum.GetValues<Protocol>().Single(protocol => protocol.Key() == key);

    /// <summary>What x counts, as in the published tables.</summary>
    public static string Axis(this Protocol protocol) => protocol == Protocol.Iid ? "step" : "classes_seen";

    /// <summary>As people read it.</summary>
    public static string Title(this Protocol protocol) =>
        protocol == Protocol.Iid ? "i.i.d. transfer, whole network" : "sequential transfer, classifier only";
}
