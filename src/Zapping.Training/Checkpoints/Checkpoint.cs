namespace Zapping.Training;

/// <summary>What is known of a checkpoint without reading its tensors.</summary>
/// <param name="Name">Name of its folder in the store.</param>
/// <param name="Path">Full path of its folder.</param>
/// <param name="Steps">Steps or episodes that had been made.</param>
/// <param name="Score">How good it is; null if nobody said.</param>
/// <param name="Saved">When it was saved.</param>
/// <param name="LibraryVersion">Version of Zapping.Training that saved it.</param>
/// <param name="Notes">Text of the caller's own.</param>
public sealed record Checkpoint(
    string Name,
    string Path,
    long Steps,
    double? Score,
    DateTimeOffset Saved,
    string LibraryVersion,
    IReadOnlyDictionary<string, string> Notes)
{
    /// <summary>The model's parameters and buffers, as Python's <c>safetensors</c> reads them.</summary>
    public string ModelPath => System.IO.Path.Combine(Path, "model.safetensors");
}
