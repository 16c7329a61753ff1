namespace Zapping.Training.Data;

/// <summary>Which sizes batches have if examples are taken in order.</summary>
internal static class BatchSizes
{
    /// <param name="count">How many examples, at least 0.</param>
    /// <param name="batchSize">Examples of a batch, at least 1; the last takes what is left.</param>
    /// <returns>The sizes that occur, without repetition.</returns>
    public static IEnumerable<long> Of(long count, int batchSize)
    {
        if (count >= batchSize)
        {
            yield return batchSize;
        }

        if (count % batchSize is var left and > 0)
        {
            yield return left;
        }
    }
}
