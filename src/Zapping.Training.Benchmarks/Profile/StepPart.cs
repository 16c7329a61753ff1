namespace Zapping.Training.Benchmarks;

/// <summary>One part of a training step.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Milliseconds">How long it takes.</param>
internal readonly record struct StepPart(string Name, double Milliseconds);
