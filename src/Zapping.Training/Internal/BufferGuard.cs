using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>Gives a model's buffers (running statistics) the values back that they have now.</summary>
internal sealed class BufferGuard : IDisposable
{
    private readonly List<(Tensor Buffer, Tensor Value)> _saved;

    public BufferGuard(nn.Module model)
    {
        using var noGrad = no_grad();
        _saved = [.. model.buffers().Select(buffer => (buffer, buffer.clone().DetachFromDisposeScope()))];
    }

    public void Dispose()
    {
        using var noGrad = no_grad();
        foreach (var (buffer, value) in _saved)
        {
            buffer.copy_(value);
            value.Dispose();
        }
    }
}
