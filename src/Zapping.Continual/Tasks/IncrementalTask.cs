using Zapping.Training.Data;

namespace Zapping.Continual.Tasks;

/// <summary>Classes that arrive together, with their examples; classes of earlier tasks do not come again.</summary>
/// <param name="Index">Which task, counted from 0.</param>
/// <param name="Classes">Its class ids, which are also their rows of the classifier; at least one.</param>
/// <param name="Data">Inputs [n, …] and labels [n] of these class ids as 64-bit integers, on the model's device. Its tensors stay the caller's to dispose of.</param>
public sealed record IncrementalTask(int Index, IReadOnlyList<int> Classes, LabeledBatch Data);
