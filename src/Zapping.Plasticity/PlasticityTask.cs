using static TorchSharp.torch;

namespace Zapping.Plasticity;

/// <summary>One task of a stream. Its tensors belong to the dispose scope in which it was made.</summary>
/// <param name="Inputs">[n, …], from which batches are drawn.</param>
/// <param name="Labels">[n] class ids, 64-bit integers; of a regression [n, 1] targets.</param>
/// <param name="BatchSize">Examples a step; what is left at the end of a pass is left out.</param>
/// <param name="Epochs">Passes over the examples, each in an order of its own.</param>
public sealed record PlasticityTask(Tensor Inputs, Tensor Labels, int BatchSize, int Epochs)
{
    /// <summary>What final accuracy is measured on after the last step; null where online accuracy is all that is measured.</summary>
    public (Tensor Inputs, Tensor Labels)? Final { get; init; }

    /// <summary>The task ends after the first pass whose online accuracy reaches this, from 0 to 1; null (default): after all passes.</summary>
    public double? EnoughAccuracy { get; init; }

    /// <summary>How many steps it has at the most.</summary>
    public int Steps => (int)(Inputs.size(0) / BatchSize) * Epochs;
}
