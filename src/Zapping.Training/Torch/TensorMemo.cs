using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>The values that tensors had when they were last remembered. Its memory is kept from one time to the next.</summary>
internal sealed class TensorMemo : IDisposable
{
    private static readonly AtenScript Script = new(
        """
        def copy(to: List[Tensor], of: List[Tensor]):
            torch._foreach_copy_(to, of)
        """);

    private List<(string Name, Tensor Tensor)> _tensors = [];
    private List<Tensor> _values = [];

    /// <summary>The tensors, with the values that they had.</summary>
    public IEnumerable<(string Name, Tensor Tensor, Tensor Value)> Entries => _tensors.Zip(_values, (own, value) => (own.Name, own.Tensor, value));

    /// <param name="tensors">Those whose entries share memory (views of one value) are left out: nothing can write them in place.</param>
    public void Remember(IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        List<(string Name, Tensor Tensor)> wanted = [.. tensors.DistinctBy(t => t.Tensor.Handle)];
        if (!IsOf(wanted))
        {
            Dispose();
            _tensors = wanted;
            _values = wanted.ConvertAll(own => empty_like(own.Tensor, requires_grad: false).DetachFromDisposeScope());
        }

        Copy(_values, _tensors.ConvertAll(own => own.Tensor));
    }

    public void Restore()
    {
        var writable = Entries.Where(entry => !SharesEntries(entry.Tensor)).ToList();
        Copy(writable.ConvertAll(entry => entry.Tensor), writable.ConvertAll(entry => entry.Value));
    }

    public void Dispose()
    {
        _values.ForEach(value => value.Dispose());
        _values = [];
        _tensors = [];
    }

    private static void Copy(List<Tensor> to, List<Tensor> of)
    {
        if (to.Count > 0)
        {
            using var noGrad = no_grad();
            Script.Invoke("copy", to.ToArray(), of.ToArray());
        }
    }

    /// <summary>Whether entries of a tensor are one memory, as in an expanded view, which cannot be written in place.</summary>
    public static bool SharesEntries(Tensor tensor) => tensor.shape.Zip(tensor.stride()).Any(dimension => dimension is { First: > 1, Second: 0 });

    // .to() gives a model other tensors, or the same ones in another memory.
    private bool IsOf(List<(string Name, Tensor Tensor)> wanted) =>
        wanted.Count == _tensors.Count && wanted.Zip(_tensors).All(pair => TensorIdentity.Same(pair.First.Tensor, pair.Second.Tensor))
        && wanted.Zip(_values).All(pair => IsLike(pair.First.Tensor, pair.Second));

    private static bool IsLike(Tensor a, Tensor b) => a.dtype == b.dtype && TensorPlace.Same(a, b) && a.shape.AsSpan().SequenceEqual(b.shape);
}
