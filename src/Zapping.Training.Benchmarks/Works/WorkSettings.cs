namespace Zapping.Training.Benchmarks;

/// <summary>The size of a work.</summary>
/// <param name="Width">Filters per convolution.</param>
/// <param name="Classes">Classes of a transfer.</param>
/// <param name="Rates">Learning rates that a transfer tries.</param>
/// <param name="WeightSnapshotInterval">See <see cref="MetaAsbOptions.WeightSnapshotInterval"/>.</param>
internal sealed record WorkSettings(int Width, int Classes, int Rates, int WeightSnapshotInterval);
