namespace Zapping.Training.Benchmarks;

/// <summary>The size of a work.</summary>
/// <param name="Width">Filters per convolution.</param>
/// <param name="Classes">Classes of a transfer.</param>
/// <param name="Rates">Learning rates that a transfer tries.</param>
/// <param name="KeepWeightsEvery">See <see cref="MetaAsbOptions.KeepWeightsEvery"/>.</param>
internal sealed record WorkSettings(int Width, int Classes, int Rates, int KeepWeightsEvery);
