using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Gives a model's buffers (running statistics), or other tensors, the values back that they have now.</summary>
internal sealed class BufferScope : IDisposable
{
    private readonly TensorMemo _memo = new();

    public BufferScope(nn.Module model)
        : this(model.named_buffers())
    {
    }

    public BufferScope(IEnumerable<(string Name, Tensor Tensor)> tensors) => _memo.Remember(tensors);

    public void Dispose()
    {
        _memo.Restore();
        _memo.Dispose();
    }
}
