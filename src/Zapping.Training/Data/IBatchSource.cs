namespace Zapping.Training.Data;

/// <summary>Data, pass by pass, in batches.</summary>
/// <typeparam name="TBatch">What a step reads; any type.</typeparam>
/// <remarks>
/// <see cref="Epoch"/> may be a plain iterator. Tensors that it makes belong to no dispose scope: what it keeps in its variables stays valid as long as it needs it, and what it lets go of
/// is freed by the garbage collector, which is told of its memory, or by a <c>using</c> of its own. Of a batch that is an <see cref="IBatch{TSelf}"/>, training takes aliases, which end with the step.
/// </remarks>
public interface IBatchSource<TBatch>
{
    /// <summary>Batches of one epoch, if known beforehand; for progress only.</summary>
    long? BatchesPerEpoch { get; }

    /// <summary>
    /// The batches of one epoch. Asked for the same epoch again, a source yields the same batches, so that a
    /// resumed run sees the same data.
    /// </summary>
    /// <param name="epoch">Which epoch, counted from 0.</param>
    /// <param name="firstBatch">Where to begin; more than 0 when an interrupted epoch is gone on with.</param>
    IEnumerable<TBatch> Epoch(long epoch, long firstBatch = 0);
}

/// <summary>Inputs and labels, pass by pass, in batches.</summary>
public interface IBatchSource : IBatchSource<LabeledBatch>;
