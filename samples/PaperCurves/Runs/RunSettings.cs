using PaperCurves.Pretraining;
using PaperCurves.Sweeps;

namespace PaperCurves.Runs;

/// <summary>What the command line asks for.</summary>
/// <param name="Preset">The numbers of the transfers, and the name under which those of pre-training are found.</param>
/// <param name="Method">How the networks are, or were, pre-trained.</param>
/// <param name="Width">Filters per convolution of networks that are pre-trained; null for the preset's.</param>
/// <param name="Seed">Seed of pre-training.</param>
/// <param name="Device">"cpu" or "cuda:n".</param>
/// <param name="Threads">Threads of the CPU.</param>
/// <param name="Output">Folder for results.</param>
/// <param name="FirstTrial">The first transfer draw, counted from 0; later than 0 adds trials to an earlier run.</param>
/// <param name="Pretrained">Folders of networks that are there already; null to pre-train one for every arm.</param>
/// <param name="Resume">Whether to go on with what an interrupted run has left in <paramref name="Output"/>.</param>
public sealed record RunSettings(
    Preset Preset, Method Method, int? Width, ulong Seed, string Device, int Threads, string Output, int FirstTrial, IReadOnlyDictionary<Arm, string>? Pretrained, bool Resume);
