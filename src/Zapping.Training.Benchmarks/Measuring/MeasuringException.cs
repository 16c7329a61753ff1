namespace Zapping.Training.Benchmarks;

/// <summary>Something cannot be measured here; the message says why.</summary>
internal sealed class MeasuringException(string message) : Zapping.CommandLine.CommandException(message);
