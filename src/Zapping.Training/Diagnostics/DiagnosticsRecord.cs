namespace Zapping.Training.Diagnostics;

/// <summary>One measurement in the course of training.</summary>
/// <param name="Moment">What it was made at.</param>
/// <param name="Steps">Steps made by then.</param>
/// <param name="Boundary">The boundary of the reset; <see langword="null"/> after a step.</param>
/// <param name="Representation">What the model made of the probe's batch; <see langword="null"/> without such a probe.</param>
/// <param name="Weights">The weights; <see langword="null"/> without such a probe.</param>
public sealed record DiagnosticsRecord(
    DiagnosticsMoment Moment, long Steps, TrainingBoundary? Boundary, RepresentationRecord? Representation, WeightRecord? Weights);

/// <summary>What a measurement was made at.</summary>
public enum DiagnosticsMoment
{
    /// <summary>After a step's update; gradients are that step's.</summary>
    Step,

    /// <summary>Right before a reset.</summary>
    BeforeReset,

    /// <summary>Right after it, before anything else.</summary>
    AfterReset,
}
