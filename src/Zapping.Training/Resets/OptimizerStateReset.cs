namespace Zapping.Training;

/// <summary>What happens to the optimizer's memory of entries that are rewritten.</summary>
public enum OptimizerStateReset
{
    /// <summary>Nothing, as published: momentum and moments of the old values keep acting on the new ones.</summary>
    Keep,

    /// <summary>
    /// The state of the rewritten entries returns to its initial value; the parameter's step counter stays. After
    /// that, Adam's first update of these entries is up to 1/sqrt(1 - beta2) * (1 - beta1) = 3.16 times the
    /// learning rate, because its bias correction believes in a long history.
    /// </summary>
    Slice,

    /// <summary>The whole state of the parameter starts anew, step counter included.</summary>
    Parameter,
}
