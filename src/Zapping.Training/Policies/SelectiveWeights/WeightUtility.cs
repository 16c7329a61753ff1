namespace Zapping.Training.Policies;

/// <summary>By what selective weight reinitialization judges a single weight w.</summary>
public enum WeightUtility
{
    /// <summary>|g · w| with the gradient g of the last step: by how much the loss would change without the weight, to first order.</summary>
    Gradient,

    /// <summary>|w|.</summary>
    Magnitude,

    /// <summary>Uniform noise: weights are chosen blindly.</summary>
    Random,
}
