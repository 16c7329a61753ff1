namespace Zapping.Continual.Memory;

/// <summary>Which examples of a class are kept.</summary>
public enum ExemplarSelection
{
    /// <summary>
    /// Herding (Welling, 2009, as in iCaRL of Rebuffi et al., 2017): features f are divided by their norms; μ is their mean, which is not; the k-th exemplar is the one of the rest with the smallest
    /// ‖μ − (f + Σ chosen) / k‖, of several the first.
    /// </summary>
    Herding,

    /// <summary>Some, each as likely as another, in random order.</summary>
    Random,

    /// <summary>Those whose features, divided by their norms, are closest to their mean, the closest first.</summary>
    ClosestToMean,

    /// <summary>
    /// A uniform sample of all examples of all classes (Vitter, 1985, algorithm R); with a budget per class it is the same as <see cref="Random"/>. Classes with many examples have many in it.
    /// </summary>
    Reservoir,
}
