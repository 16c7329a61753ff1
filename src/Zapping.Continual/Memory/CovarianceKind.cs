namespace Zapping.Continual.Memory;

/// <summary>What is kept of how features of a class scatter around their mean.</summary>
public enum CovarianceKind
{
    /// <summary>A matrix [d, d] for each class, unbiased: 236 MB for 100 classes of 768 features. It needs more examples than features.</summary>
    Full,

    /// <summary>The variances [d] of each class, unbiased.</summary>
    Diagonal,

    /// <summary>One matrix [d, d] of all classes: the scatter around each class's own mean, divided by examples minus classes.</summary>
    Shared,

    /// <summary>For each class the directions in which it scatters most, and the mean variance in all others.</summary>
    LowRank,
}
