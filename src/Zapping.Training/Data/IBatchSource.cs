namespace Zapping.Training.Data;

/// <summary>Shuffled data, pass by pass.</summary>
public interface IBatchSource
{
    /// <summary>Batches of one epoch, if known beforehand; for progress only.</summary>
    long? BatchesPerEpoch { get; }

    /// <summary>
    /// The batches of one epoch. Asked for the same epoch again, a source yields the same batches, so that a
    /// resumed run sees the same data. The trainer asks for each batch in a dispose scope that ends with its step.
    /// </summary>
    /// <param name="epoch">Which epoch, counted from 0.</param>
    /// <param name="firstBatch">Where to begin; more than 0 when an interrupted epoch is gone on with.</param>
    IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0);
}
