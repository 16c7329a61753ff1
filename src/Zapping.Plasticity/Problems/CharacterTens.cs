namespace Zapping.Plasticity.Problems;

/// <summary>Ten handwritten characters after ten others, 15 images of each to learn from and 5 to test on: a classifier that must learn class after class from few examples. Ten passes in batches of 15.</summary>
/// <param name="images">[n, 1, 28, 28], with test images.</param>
public sealed class CharacterTens(ImageTable images) : ClassGroups("character-tens", "each task is ten other characters, with 15 images each", tasks: 60, images, classes: 10, batchSize: 15, epochs: 10)
{
    /// <inheritdoc/>
    public override double AdamRate => 3e-3;

    /// <inheritdoc/>
    public override double SgdRate => 0.1;
}
