namespace Zapping.Training;

/// <summary>What happens to the bias of units whose weights are reset.</summary>
public enum BiasReset
{
    /// <summary>Nothing, as published.</summary>
    Keep,

    /// <summary>It becomes 0.</summary>
    Zero,

    /// <summary>It is drawn as a new layer would, uniform in ±1/sqrt(fan-in).</summary>
    Redraw,
}
