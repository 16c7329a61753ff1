using PaperCurves.Pretraining;
using PaperCurves.Sweeps;

namespace PaperCurves.Runs;

/// <summary>Which transfer it is; its evaluations differ in x alone.</summary>
/// <param name="Arm">How the network was pre-trained.</param>
/// <param name="Kind">How it is transferred.</param>
/// <param name="Pool">To which classes.</param>
/// <param name="LearningRate">Adam's, in transfer.</param>
/// <param name="Trial">Which draw.</param>
public readonly record struct TransferKey(Arm Arm, TransferKind Kind, ClassPool Pool, double LearningRate, int Trial);

/// <summary>One evaluation.</summary>
/// <param name="Key">Of which transfer.</param>
/// <param name="X">Steps made, or classes seen.</param>
/// <param name="QueryAccuracy">On query images of the classes seen so far, as a fraction.</param>
public sealed record TransferPoint(TransferKey Key, int X, double QueryAccuracy);
