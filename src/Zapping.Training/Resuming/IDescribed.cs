namespace Zapping.Training.Resuming;

/// <summary>
/// Says what determines its results. A checkpoint holds it of the reset policies, of the observers that it holds, of learning-rate schedulers and of the source that a run was fed with, and a
/// resume compares. All policies and sources of the library do it; one of your own that does not is compared by the name of its class alone.
/// </summary>
public interface IDescribed
{
    /// <summary>
    /// Settings by name, such as <c>["batch_size"] = 16</c>. Names are snake_case and stay the same in later versions, as checkpoints hold them. Values are truth values, numbers, strings, enums,
    /// null, and lists and dictionaries of these, which are JSON in the file, NaN and infinity as strings; of anything else <see cref="object.ToString"/> is written, in the invariant culture where
    /// it has one. The same results have the same values, on every machine and in every process.
    /// </summary>
    IReadOnlyDictionary<string, object?> Description { get; }
}
