namespace Zapping.Training.Data;

/// <summary>A source that knows beforehand what its batches will be like.</summary>
internal interface ISizedBatches
{
    /// <summary>Inputs and labels [n, …], n at least 1, like those of the batches, on their device.</summary>
    LabeledBatch Examples { get; }

    /// <summary>The class ids that occur, in order; null if the labels are none.</summary>
    IReadOnlyList<long>? ClassIds { get; }

    /// <summary>The sizes that occur.</summary>
    IEnumerable<long> Sizes { get; }
}
