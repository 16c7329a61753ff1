using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>Gives a model's buffers (running statistics), or other tensors, the values back that they have now.</summary>
internal sealed class BufferGuard : IDisposable
{
    private readonly TensorMemo _memo = new();

    public BufferGuard(nn.Module model)
        : this(model.named_buffers())
    {
    }

    public BufferGuard(IEnumerable<(string Name, Tensor Tensor)> tensors) => _memo.Remember(tensors);

    public void Dispose()
    {
        _memo.Restore();
        _memo.Dispose();
    }
}
