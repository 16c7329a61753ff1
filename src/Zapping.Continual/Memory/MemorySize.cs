using Zapping.Training.Steps;

namespace Zapping.Continual.Memory;

/// <summary>What memories cost.</summary>
public static class MemorySize
{
    /// <summary>Bytes of all tensors that a memory keeps.</summary>
    /// <param name="memory">The memory.</param>
    public static long Of(ITrainingMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        using var scope = TorchSharp.torch.NewDisposeScope(); // a memory may make what it saves
        return memory.Save().Sum(own => own.Value.numel() * own.Value.ElementSize);
    }
}
