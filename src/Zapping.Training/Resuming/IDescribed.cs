namespace Zapping.Training;

/// <summary>
/// Says in words what determines its results. A checkpoint holds it of the reset policies, of the observers that it holds, of learning-rate schedulers and of the source that a run was fed with, and a resume compares. All policies and
/// sources of the library do it; one of your own that does not is compared by the name of its class alone.
/// </summary>
public interface IDescribed
{
    /// <summary>Settings by name, such as "batch size" and "16": the same words for the same results, on every machine and in every process.</summary>
    IReadOnlyDictionary<string, string> Description { get; }
}
