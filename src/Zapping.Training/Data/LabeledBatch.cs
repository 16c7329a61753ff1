using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What one optimization step reads.</summary>
/// <param name="Inputs">[n, …], on the model's device.</param>
/// <param name="Labels">[n] class ids as 64-bit integers, on the model's device.</param>
public readonly record struct LabeledBatch(Tensor Inputs, Tensor Labels);
