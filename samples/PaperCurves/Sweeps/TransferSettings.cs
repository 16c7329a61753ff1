using Zapping.Training.Transfer;

namespace PaperCurves.Sweeps;

/// <summary>One way of transferring a network to unseen classes: all numbers but learning rate and trial.</summary>
public sealed record TransferSettings
{
    /// <summary>How the support images are learned.</summary>
    public required TransferProtocol Protocol { get; init; }

    /// <summary>What moves while they are.</summary>
    public Trained Trains { get; init; } = Trained.All;

    /// <summary>Unseen classes.</summary>
    public int Classes { get; init; } = 600;

    /// <summary>Support images per class, which are learned from.</summary>
    public int Support { get; init; } = 15;

    /// <summary>Query images per class, which are tested.</summary>
    public int Query { get; init; } = 5;

    /// <summary>Units that take part in the softmax.</summary>
    public ClassMask Softmax { get; init; } = ClassMask.All;

    /// <summary>When the support images are evaluated too.</summary>
    public SupportEvaluation EvaluateSupport { get; init; }

    /// <summary>Sequential: evaluated after the first class, every so many classes, and after the last.</summary>
    public int EvaluateEvery { get; init; } = 50;

    /// <summary>I.i.d.: images per step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>I.i.d.: passes over the support images.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>I.i.d.: evaluated after these steps, and after the last.</summary>
    public IReadOnlyList<int> EvaluateAt { get; init; } = [1, 5, 10, 15, 35, 70, 105, 140, 180];
}

/// <summary>How support images are learned in transfer.</summary>
public enum TransferProtocol
{
    /// <summary>Class after class, one image to a step, each once; x counts classes seen.</summary>
    Sequential,

    /// <summary>Shuffled batches; x counts steps.</summary>
    Iid,

    /// <summary>No step: the classifier is the least-squares solution on the features; one point.</summary>
    LeastSquares,
}

/// <summary>What moves in transfer.</summary>
public enum Trained
{
    /// <summary>The whole network.</summary>
    All,

    /// <summary>The classifier alone.</summary>
    Head,
}

/// <summary>Which classes a transfer is made to.</summary>
public enum ClassPool
{
    /// <summary>Those whose accuracy is reported.</summary>
    Test,

    /// <summary>
    /// Others that pre-training has not seen either, on which the learning rate of the same trial's test may be chosen.
    /// </summary>
    Validation,
}

/// <summary>How pools are written.</summary>
public static class PoolNames
{
    /// <summary>"test" or "validation".</summary>
    public static string Key(this ClassPool pool) => pool == ClassPool.Test ? "test" : "validation";
}
