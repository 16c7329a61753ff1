namespace Zapping.Training.Policies;

/// <summary>How many of the least useful weights of a parameter are chosen.</summary>
public enum WeightChoice
{
    /// <summary>Those whose utility is at most factor times the mean utility of the parameter; all of them where every utility is 0.</summary>
    Threshold,

    /// <summary>The share factor of the parameter's entries; a fraction of an entry is an entry with that probability.</summary>
    Proportional,
}
