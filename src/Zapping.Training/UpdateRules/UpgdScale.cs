namespace Zapping.Training.UpdateRules;

/// <summary>What the utility of a weight is measured by.</summary>
public enum UpgdScale
{
    /// <summary>The largest utility of all weights.</summary>
    Global,

    /// <summary>The L2 norm of the utilities along the last dimension of the parameter, which are those of a row of a matrix.</summary>
    Local,
}
