namespace Zapping.Training.Policies;

/// <summary>Which weights a masked reset keeps.</summary>
public enum KeptWeights
{
    /// <summary>The first outputs and inputs of each layer, rounded up: a smaller network within the network (KELS).</summary>
    Corner,

    /// <summary>Each with the same probability (WELS).</summary>
    Random,

    /// <summary>The largest by absolute value in each parameter, as in iterative magnitude pruning.</summary>
    LargestMagnitude,
}
