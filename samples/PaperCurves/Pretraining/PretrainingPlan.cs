using Zapping.Training;
using Zapping.Training.Initializers;

namespace PaperCurves.Pretraining;

/// <summary>All the numbers of one pre-training. Two equal plans on the same data give the same network, bit for bit.</summary>
public sealed record PretrainingPlan
{
    /// <summary>"quick" or "paper", for example.</summary>
    public required string Preset { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>How it is trained.</summary>
    public required Method Method { get; init; }

    /// <summary>Whether rows of the classifier are reset: those of each episode's class, or before each epoch but the first.</summary>
    public required bool Zap { get; init; }

    /// <summary>One of <see cref="Zapping.Models.ModelCatalog.Names"/>.</summary>
    public string Model { get; init; } = "convnet";

    /// <summary>Filters per convolution; 256 is the published size of every model.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Output units.</summary>
    public int Units { get; init; } = 1000;

    /// <summary>Width and height of the images.</summary>
    public int ImageSize { get; init; } = 28;

    /// <summary>Channels of the images.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Classes.</summary>
    public int Classes { get; init; } = 964;

    /// <summary>Training images per class; the others validate.</summary>
    public int ImagesPerClass { get; init; } = 15;

    /// <summary>Epochs, or episodes.</summary>
    public required int Length { get; init; }

    /// <summary>Images per step of i.i.d. training.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>The optimizer of i.i.d. training and of outer steps.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Its learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Learning rate of the inner loop of an episode.</summary>
    public double InnerLearningRate { get; init; } = 1e-3;

    /// <summary>Images that join those of the episode's class in the outer step.</summary>
    public int RememberImages { get; init; } = 64;

    /// <summary>Rows that are reset at once in i.i.d. training.</summary>
    public int ZapRows { get; init; } = 1000;

    /// <summary>Their scale.</summary>
    public KaimingFan ZapFan { get; init; } = KaimingFan.AsPublished;

    /// <summary>What happens to the bias of rows that are reset.</summary>
    public BiasReset ZapBias { get; init; }

    /// <summary>What happens to the optimizer's state of rows that are reset.</summary>
    public OptimizerStateReset ZapOptimizerState { get; init; }

    /// <summary>
    /// Steps between two resets of i.i.d. training, none within so many steps of the end, so that the classifier is
    /// learned again; null (as published) for one before each epoch but the first.
    /// </summary>
    public int? ZapPeriod { get; init; }

    /// <summary>How the learning rate of i.i.d. training goes.</summary>
    public RateSchedule Schedule { get; init; }

    /// <summary>Seed of weights, split, order and resets.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps or episodes between two checkpoints.</summary>
    public int SaveEvery { get; init; } = 250;

    /// <summary>Whether the outer loss goes back through the inner loop to first order only.</summary>
    public bool FirstOrder { get; init; }

    /// <summary>What a resumed run may change: how far it goes, and how often it saves.</summary>
    public PretrainingPlan Essence() => this with { Length = 0, SaveEvery = 0, Preset = "" };

    /// <summary>Names what differs, for messages.</summary>
    public string DifferenceFrom(PretrainingPlan other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var differences =
            from property in typeof(PretrainingPlan).GetProperties()
            let values = (Mine: property.GetValue(this), Its: property.GetValue(other))
            where !Equals(values.Mine, values.Its)
            select FormattableString.Invariant($"{property.Name} is {values.Mine}, not {values.Its}");
        return string.Join(", ", differences);
    }
}

/// <summary>How the learning rate of i.i.d. training goes.</summary>
public enum RateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>From the full rate to 0 at the end, as half a cosine, step by step.</summary>
    Cosine,
}

/// <summary>Optimizers of pre-training.</summary>
public enum OptimizerKind
{
    /// <summary>Adam at a constant learning rate.</summary>
    Adam,

    /// <summary>SGD with momentum 0.9 and weight decay 1e-4, the learning rate times 0.1 every 10 epochs.</summary>
    SteppedSgd,
}
