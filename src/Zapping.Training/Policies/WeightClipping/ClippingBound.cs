namespace Zapping.Training.Policies;

/// <summary>What the bound of weight clipping is a multiple of.</summary>
public enum ClippingBound
{
    /// <summary>1/sqrt(fan-in), the bound of what a layer draws when it is built; a bias takes that of its layer. As published.</summary>
    LayerDefault,

    /// <summary>The largest absolute value that the parameter has when the policy is made; for models that are initialized in another way.</summary>
    InitialMaximum,
}
