using Zapping.Training.Data;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>Trains on examples of before together with each batch, in one forward pass, and offers the batch to the buffer once its step is made.</summary>
/// <param name="buffer">The examples.</param>
/// <param name="examples">How many are drawn for a step; null for as many as the batch has.</param>
internal sealed class Replay(IReplayBuffer buffer, int? examples) : IUpdateRule, IDescribed
{
    private LabeledBatch? _pending;

    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["type"] = "Replay",
        ["examples"] = examples,
        ["buffer"] = DescriptionJson.SettingsOf(buffer),
    };

    /// <param name="batch">That of the stream.</param>
    /// <param name="step">The step's number.</param>
    /// <returns>It, and examples of before.</returns>
    public LabeledBatch Extend(LabeledBatch batch, long step)
    {
        buffer.EnsureTakes(batch);
        _pending = batch;
        if (buffer.Count == 0)
        {
            return batch;
        }

        var (inputs, labels) = buffer.Sample(examples ?? checked((int)batch.Count), step);
        return new LabeledBatch(cat([batch.Inputs, inputs]), cat([batch.Labels, labels]));
    }

    /// <summary>Of a step that fails nothing is kept.</summary>
    public void Discard() => _pending = null;

    public void OnGradients(UpdateContext update)
    {
    }

    public void OnUpdated(UpdateContext update)
    {
        if (_pending is { } batch)
        {
            _pending = null;
            buffer.Add(batch);
        }
    }
}
