namespace Zapping.Training.UpdateRules;

/// <summary>What is divided by <c>1 - beta^t</c>, because an average that begins at 0 is too small while it is young.</summary>
public enum UpgdCorrection
{
    /// <summary>The utilities and their largest.</summary>
    Consistent,

    /// <summary>
    /// The utilities, and not their largest, as in the released code: with a beta of 0.999 the ratio is a thousand times too large at the first step, so that the
    /// useful weights are frozen and the others free for about 1000 steps.
    /// </summary>
    AsReleased,
}
