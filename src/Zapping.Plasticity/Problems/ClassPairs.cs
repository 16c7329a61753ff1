namespace Zapping.Plasticity.Problems;

/// <summary>Pairs of classes of natural images, one after the other: 20 steps of 50 a pass, five passes. A small form of Continual ImageNet of Dohare et al. 2024.</summary>
/// <param name="images">[n, 3, 16, 16], with test images.</param>
public sealed class ClassPairs(ImageTable images) : ClassGroups("class-pairs", "each task is another pair of classes", tasks: 60, images, classes: 2, batchSize: 50, epochs: 5)
{
    /// <inheritdoc/>
    public override double AdamRate => 3e-3;

    /// <inheritdoc/>
    public override double SgdRate => 0.1;
}
