using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>Episodes for <see cref="EpisodicTrainer"/>.</summary>
public interface IEpisodeSource
{
    /// <summary>
    /// One episode. Asked for the same index again, a source yields the same episode, so that a resumed run sees the
    /// same data. The trainer calls it in a dispose scope that ends with the episode.
    /// </summary>
    /// <param name="index">Which episode, counted from 0.</param>
    Episode Episode(long index);
}

/// <summary>
/// What one episode of ASB or Meta-ASB reads. All tensors are on the model's device.
/// </summary>
/// <param name="ClassId">The episode's class, which is also the row of the classifier that is reset before it.</param>
/// <param name="Inner">The n images of the inner loop, one to a step, in this order: [n, …] and [n].</param>
/// <param name="Remember">The R images that are learned together with them: [R, …] and [R].</param>
/// <param name="Outer">The batch of the outer step: inner and remember images, or the latter alone.</param>
/// <param name="Validation">Images that are only looked at; null for none.</param>
public sealed record Episode(
    int ClassId, LabeledBatch Inner, LabeledBatch Remember, LabeledBatch Outer, LabeledBatch? Validation = null)
{
    /// <summary>An episode whose outer batch is the inner images followed by the remember images, as usual.</summary>
    /// <param name="classId">The episode's class.</param>
    /// <param name="inner">[n, …] and [n].</param>
    /// <param name="remember">[R, …] and [R].</param>
    public static Episode Create(int classId, LabeledBatch inner, LabeledBatch remember) => new(
        classId,
        inner,
        remember,
        new LabeledBatch(cat([inner.Inputs, remember.Inputs]), cat([inner.Labels, remember.Labels])));
}
