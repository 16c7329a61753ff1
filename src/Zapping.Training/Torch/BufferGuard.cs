using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>Gives a model's buffers (running statistics) the values back that they have now.</summary>
internal sealed class BufferGuard : IDisposable
{
    private readonly TensorMemo _memo = new();

    public BufferGuard(nn.Module model) => _memo.Remember(model.named_buffers());

    public void Dispose()
    {
        _memo.Restore();
        _memo.Dispose();
    }
}
