using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>The examples of one class, which arrive together.</summary>
/// <param name="ClassId">The class, which is also its row of the classifier.</param>
/// <param name="Inputs">[n, …], n at least 1, on the model's device. Stays the caller's to dispose of.</param>
public sealed record ClassExamples(int ClassId, Tensor Inputs);

/// <summary>Classes that arrive together, one after another.</summary>
/// <param name="Classes">At least one.</param>
public sealed record TrainingTask(IReadOnlyList<ClassExamples> Classes)
{
    /// <summary>A task of these classes.</summary>
    public TrainingTask(params ClassExamples[] classes)
        : this((IReadOnlyList<ClassExamples>)classes)
    {
    }
}
