namespace Zapping.Training.Data;

/// <summary>
/// Marks a source whose batches, and all that is made for one, may end with the dispose scope in which it is asked for; what outlives a batch, it keeps out of scopes itself.
/// </summary>
internal interface IScopedBatches;
