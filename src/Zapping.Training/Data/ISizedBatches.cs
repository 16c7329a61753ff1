namespace Zapping.Training.Data;

/// <summary>A source that knows beforehand what its batches will be like.</summary>
internal interface ISizedBatches
{
    /// <summary>Inputs and labels [n, …], n at least 1, like those of the batches, on their device.</summary>
    LabeledBatch Examples { get; }

    /// <summary>The least and the largest class id; null if the labels are none.</summary>
    (long Min, long Max)? Classes { get; }

    /// <summary>The sizes that occur.</summary>
    IEnumerable<long> Sizes { get; }
}
