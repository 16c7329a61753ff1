using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>
/// What a teacher said of each example of a data set, by the example's number (<see cref="StepContext.Indices"/>): one pass for a whole task where a teacher beside the student needs one for each step. It fits examples that are not
/// augmented.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class StoredOutputs : ITrainingMemory, IDisposable
{
    private Tensor? _outputs;

    /// <inheritdoc/>
    public string Name { get; init; } = "outputs";

    /// <summary>Whether there are any.</summary>
    public bool IsEmpty => _outputs is null;

    /// <summary>Takes over outputs, in the place of those of before.</summary>
    /// <param name="outputs">[n, m], finite; copied.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public void Store(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        FiniteFeatures.Ensure(outputs, outputs.dim() == 0 ? 0 : outputs.size(0), "a teacher");
        Clear();
        _outputs = outputs.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>The outputs of some examples.</summary>
    /// <param name="indices">[k]: their numbers.</param>
    /// <returns>[k, m], in the current dispose scope.</returns>
    /// <exception cref="InvalidOperationException">There are none, or the examples have no numbers.</exception>
    public Tensor Of(Tensor? indices) => (_outputs, indices) switch
    {
        (null, _) => throw new InvalidOperationException("No outputs are stored."),
        (_, null) => throw new InvalidOperationException("The examples of this step have no numbers, by which a teacher's outputs are found: leave out what mixes batches, such as UseReplay."),
        var (own, numbers) => own.index_select(0, numbers),
    };

    /// <summary>Frees them.</summary>
    public void Clear()
    {
        _outputs?.Dispose();
        _outputs = null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => _outputs is null ? [] : [new("outputs", _outputs)];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        if (saved.Count > 0 && (!saved.TryGetValue("outputs", out var outputs) || outputs.dim() != 2))
        {
            throw new InvalidDataException("its outputs of a teacher are not what was stored.");
        }

        Clear();
        _outputs = saved.Count == 0 ? null : saved["outputs"].clone().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
