namespace Zapping.Training.Data;

/// <summary>A source whose batches are those of another one.</summary>
internal interface IWrappedBatches
{
    /// <summary>The other one.</summary>
    object Source { get; }

    /// <summary>The source that is wrapped, however often.</summary>
    static object Innermost(object source) => source is IWrappedBatches wrapped ? Innermost(wrapped.Source) : source;
}
