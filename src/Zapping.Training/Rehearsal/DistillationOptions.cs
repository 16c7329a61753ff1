using System.ComponentModel.DataAnnotations;

namespace Zapping.Training.Rehearsal;

/// <summary>How a model is kept close to what it said before.</summary>
public sealed record DistillationOptions
{
    /// <summary>T, by which outputs are divided before the softmax; above 0, default 2, as published.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Temperature { get; set; } = 2;

    /// <summary>Factor of the term; at least 0, default 1.</summary>
    [Range(0, double.MaxValue)]
    public double Weight { get; set; } = 1;

    /// <summary>At which boundaries the model becomes the teacher of what follows, from the second on; default <see cref="BoundaryKind.TaskBoundary"/>.</summary>
    public BoundaryKind Every { get; set; } = BoundaryKind.TaskBoundary;
}
