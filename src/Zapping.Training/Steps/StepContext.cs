using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>What the loss of a step may look at. The tensors are valid during the call only.</summary>
/// <param name="Model">The model, which has just made the outputs.</param>
/// <param name="Batch">The examples: the whole batch, or a part of it with gradient accumulation.</param>
/// <param name="Outputs">The model's outputs [n, …] for the inputs.</param>
/// <param name="Step">Which step, counted from 0.</param>
/// <param name="Boundary">What began last, a step aside; null before anything has.</param>
public sealed record StepContext(nn.Module<Tensor, Tensor> Model, Data.LabeledBatch Batch, Tensor Outputs, long Step, TrainingBoundary? Boundary)
{
    /// <summary>[n, …].</summary>
    public Tensor Inputs => Batch.Inputs;

    /// <summary>[n], or [n, …] of what the loss expects.</summary>
    public Tensor Labels => Batch.Labels;

    /// <summary>[n]: the examples' numbers in their data set; null where they have none.</summary>
    public Tensor? Indices => Batch.Indices;
}
