using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>Slots for examples of one shape, in memory that grows with their number.</summary>
internal sealed class ExampleStore : IDisposable
{
    private const int LeastSlots = 16;

    private Tensor? _inputs;
    private Tensor? _labels;

    /// <summary>Slots that are in use: 0 to Count - 1.</summary>
    public int Count { get; private set; }

    /// <summary>Copies rows of a batch into slots. A slot may be one after the last.</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="rows">Row of the batch by slot.</param>
    /// <exception cref="ArgumentException">They are of another shape or type than those that are kept.</exception>
    public void Write(LabeledBatch batch, IReadOnlyDictionary<int, int> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        EnsureFit(batch);
        Follow(batch);
        var slots = rows.Keys.Order().ToArray();
        Reserve(batch, slots[^1] + 1);
        var (to, of) = (tensor(slots.Select(slot => (long)slot).ToArray(), device: batch.Inputs.device), tensor(slots.Select(slot => (long)rows[slot]).ToArray(), device: batch.Inputs.device));
        _inputs!.index_copy_(0, to, batch.Inputs.detach().index_select(0, of));
        _labels!.index_copy_(0, to, batch.Labels.detach().index_select(0, of));
        Count = Math.Max(Count, slots[^1] + 1);
    }

    /// <summary>The examples in some slots, in the current dispose scope.</summary>
    public LabeledBatch Read(long[] slots)
    {
        using var chosen = tensor(slots, device: _inputs!.device);
        return new LabeledBatch(_inputs.index_select(0, chosen), _labels!.index_select(0, chosen));
    }

    /// <summary>All that is in use, by name; views in the current dispose scope.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Save() =>
        _inputs is null ? [] : [new("inputs", _inputs.narrow(0, 0, Count)), new("labels", _labels!.narrow(0, 0, Count))];

    /// <param name="saved">What <see cref="Save"/> gave.</param>
    /// <param name="most">How many examples there may be.</param>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> saved, int most)
    {
        var (inputs, labels) = (saved.GetValueOrDefault("inputs"), saved.GetValueOrDefault("labels"));
        if ((inputs is null) != (labels is null) || (inputs is not null && (inputs.dim() == 0 || labels!.dim() == 0 || inputs.size(0) != labels.size(0) || inputs.size(0) > most)))
        {
            throw new InvalidDataException($"its replay buffer has inputs [{Shape(inputs)}] and labels [{Shape(labels)}], and the one here is for {most} examples.");
        }

        var device = _inputs?.device;
        Dispose();
        if (inputs is not null)
        {
            Count = (int)inputs.size(0);
            _inputs = inputs.to(device ?? inputs.device, copy: true).DetachFromDisposeScope();
            _labels = labels!.to(device ?? labels.device, copy: true).DetachFromDisposeScope();
        }
    }

    public void Dispose()
    {
        _inputs?.Dispose();
        _labels?.Dispose();
        (_inputs, _labels, Count) = (null, null, 0);
    }

    /// <exception cref="ArgumentException">The examples are of another shape or type than those that are kept.</exception>
    public void EnsureFit(LabeledBatch batch)
    {
        if (_inputs is not null && (!Rows(_inputs).SequenceEqual(Rows(batch.Inputs)) || !Rows(_labels!).SequenceEqual(Rows(batch.Labels))
            || _inputs.dtype != batch.Inputs.dtype || _labels!.dtype != batch.Labels.dtype))
        {
            throw new ArgumentException(
                $"The replay buffer has inputs [n, {string.Join(", ", Rows(_inputs))}] of type {_inputs.dtype} and labels of type {_labels!.dtype}, and cannot take inputs [{Shape(batch.Inputs)}] of type "
                + $"{batch.Inputs.dtype} and labels [{Shape(batch.Labels)}] of type {batch.Labels.dtype}.",
                nameof(batch));
        }
    }

    private void Follow(LabeledBatch batch)
    {
        if (_inputs is not null && _inputs.device.ToString() != batch.Inputs.device.ToString()) // as after a resume, which reads on the CPU
        {
            (_inputs, _labels) = (Replace(_inputs, _inputs.to(batch.Inputs.device)), Replace(_labels!, _labels!.to(batch.Inputs.device)));
        }
    }

    private void Reserve(LabeledBatch batch, int slots)
    {
        var have = _inputs is null ? 0 : (int)_inputs.size(0);
        if (slots <= have)
        {
            return;
        }

        var more = Math.Max(Math.Max(slots, LeastSlots), 2 * have) - have;
        _inputs = Longer(_inputs, batch.Inputs, more);
        _labels = Longer(_labels, batch.Labels, more);
    }

    private static Tensor Longer(Tensor? own, Tensor like, int more)
    {
        var room = zeros([more, .. Rows(like)], like.dtype, like.device);
        return own is null ? room.DetachFromDisposeScope() : Replace(own, cat([own, room]));
    }

    private static Tensor Replace(Tensor old, Tensor with)
    {
        old.Dispose();
        return with.DetachFromDisposeScope();
    }

    private static long[] Rows(Tensor tensor) => tensor.shape[1..];

    private static string Shape(Tensor? tensor) => tensor is null ? "" : string.Join(", ", tensor.shape);
}
