namespace Zapping.Training;

/// <summary>
/// A moment of training: something of the given kind is about to begin. Boundaries are said by whoever drives
/// training (the trainer, or a loop of your own through <see cref="ZapScheduler.Signal(TrainingBoundary)"/>);
/// they are never inferred.
/// </summary>
/// <param name="Kind">What is about to begin.</param>
/// <param name="Index">Which one of its kind, counted from 0.</param>
/// <param name="Classes">
/// The class ids that begin, which are also the rows of the classifier. Empty where none are known, as for
/// steps and epochs of shuffled data.
/// </param>
public sealed record TrainingBoundary(BoundaryKind Kind, long Index, IReadOnlyList<int> Classes)
{
    /// <summary>Optimization step <paramref name="index"/> is about to begin.</summary>
    public static TrainingBoundary Step(long index) => new(BoundaryKind.StepBoundary, index, []);

    /// <summary>Epoch <paramref name="index"/> is about to begin.</summary>
    public static TrainingBoundary Epoch(long index) => new(BoundaryKind.EpochBoundary, index, []);

    /// <summary>The examples of class <paramref name="classId"/> are about to begin.</summary>
    public static TrainingBoundary Class(long index, int classId) => new(BoundaryKind.ClassBoundary, index, [classId]);

    /// <summary>Task <paramref name="index"/> is about to begin, with these classes.</summary>
    public static TrainingBoundary Task(long index, params IReadOnlyList<int> classes) =>
        new(BoundaryKind.TaskBoundary, index, classes);

    /// <summary>For example <c>ClassBoundary 12 (classes 7)</c>; at most eight classes are listed.</summary>
    public override string ToString()
    {
        if (Classes.Count == 0)
        {
            return $"{Kind} {Index}";
        }

        var more = Classes.Count > 8 ? $", … {Classes.Count} in all" : "";
        return $"{Kind} {Index} (classes {string.Join(", ", Classes.Take(8))}{more})";
    }
}
