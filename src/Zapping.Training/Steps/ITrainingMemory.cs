using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>
/// What a method keeps beside the model, such as exemplars, a teacher's weights or statistics of features. A trainer that remembers it saves it in checkpoints, a file each, and a resume brings it back.
/// </summary>
public interface ITrainingMemory
{
    /// <summary>Tells it from other memories of the trainer, and stays the same in later versions: letters, digits, '-' and '_'.</summary>
    string Name { get; }

    /// <summary>All that is kept, by names; the tensors stay the memory's own. An empty list if nothing is kept yet.</summary>
    IReadOnlyList<KeyValuePair<string, Tensor>> Save();

    /// <summary>Takes over what was saved; it copies what it keeps.</summary>
    /// <param name="saved">What <see cref="Save"/> of a memory that was set up alike gave, on the CPU.</param>
    /// <exception cref="InvalidDataException">It does not fit; then nothing has been changed.</exception>
    void Load(IReadOnlyDictionary<string, Tensor> saved);
}
