using static TorchSharp.torch;

namespace Zapping.Training.Tests.Shared;

/// <summary>A dispose scope for all that a test class makes; to be its first field.</summary>
internal sealed class DisposeScopeBox : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();
}
