using TorchSharp.Modules;
using Zapping.Training.Episodes;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>All that a run is set up with and fed with, as values.</summary>
internal sealed record ResumableSetup
{
    public const string Epochs = "epochs";
    public const string Stream = "stream";
    public const string Asb = "asb";
    public const string MetaAsb = "meta-asb";
    public const string None = "none";

    public string Kind { get; init; } = Epochs;

    public bool IsEpisodic => Kind is Asb or MetaAsb;

    // what it is fed with
    public int BatchSize { get; init; } = 4;

    public ulong SourceSeed { get; init; } = 2;

    public int PerClass { get; init; } = 5;

    public bool HasOtherInput { get; init; }

    public bool HasOtherLabel { get; init; }

    public bool HasOtherOrder { get; init; }

    public EpisodeOptions Episodes { get; init; } = new() { InnerExamples = 3, RememberExamples = 4 };

    // what it is set up with
    public bool IsBodyFrozen { get; init; }

    public bool IsInEvalMode { get; init; }

    public string Optimizer { get; init; } = "Adam";

    public bool HasOtherOptions { get; init; }

    public string Policy { get; init; } = None;

    public int PolicyOption { get; init; }

    public ResetSchedule Schedule { get; init; } = new(BoundaryKind.StepBoundary);

    public string Rates { get; init; } = None;

    public double? Clipping { get; init; }

    public int? Parts { get; init; }

    public string Observer { get; init; } = None;

    public double InnerRate { get; init; } = 1e-2;

    public bool Folds { get; init; }

    public bool MovesHeadAlone { get; init; }

    public bool PilesUp { get; init; }

    public int MeasurePeriod { get; init; }

    /// <summary>Of each class of optimizer, one with some options, and one with others.</summary>
    public static IReadOnlyDictionary<string, Func<IEnumerable<Parameter>, bool, optim.Optimizer>> Optimizers { get; } =
        new Dictionary<string, Func<IEnumerable<Parameter>, bool, optim.Optimizer>>(StringComparer.Ordinal)
        {
            ["SGD"] = (p, other) => other ? optim.SGD(p, 0.02, momentum: 0.9, weight_decay: 0.01) : optim.SGD(p, 0.05),
            ["Adam"] = (p, other) => other ? optim.Adam(p, 2e-2, 0.8, 0.9, amsgrad: true) : optim.Adam(p, 1e-2),
            ["AdamW"] = (p, other) => other ? optim.AdamW(p, 2e-2, weight_decay: 0.1) : optim.AdamW(p, 1e-2, amsgrad: true),
            ["RMSProp"] = (p, other) => other ? optim.RMSProp(p, 1e-3) : optim.RMSProp(p, 2e-3, momentum: 0.5, centered: true),
            ["FusedSgd"] = (p, other) => other ? new FusedSgd(p, 0.02) : new FusedSgd(p, 0.05, momentum: 0.9),
            ["FusedAdam"] = (p, other) => other ? new FusedAdam(p, 2e-2) : new FusedAdam(p, 1e-2, amsgrad: true),
        };

    public static IReadOnlyList<string> Policies { get; } = [None, "zap", "shrink", "later layers", "dormant units", "continual backprop"];

    /// <summary>How many values <see cref="PolicyOption"/> has.</summary>
    public const int PolicyOptions = 5;

    /// <summary>Without two functions of LambdaLR, which a resume cannot tell apart.</summary>
    public static IReadOnlyList<string> AllRates { get; } =
    [
        None, "step at steps", "slow step at steps", "exponential at steps", "steep exponential at steps", "lambda at steps", "plateau at steps", "patient plateau at steps",
        "step at epochs", "slow step at epochs",
    ];

    public static IReadOnlyList<string> Observers { get; } = [None, "recovery of resets", "recovery of classes", "task matrix"];
}
