namespace Zapping.Training.Checkpoints;

/// <summary>A checkpoint cannot be resumed from. Nothing has been changed.</summary>
public sealed class CheckpointException : IOException
{
    internal CheckpointException(string checkpoint, string reason, string? older, Exception inner)
        : base(
            $"The checkpoint '{checkpoint}' cannot be used: {reason} "
            + (older is null ? "There is no older one." : $"There is an older one: '{older}'."),
            inner)
    {
        Checkpoint = checkpoint;
        Reason = reason;
        Older = older;
    }

    /// <summary>Name of the checkpoint.</summary>
    public string Checkpoint { get; }

    /// <summary>Why.</summary>
    public string Reason { get; }

    /// <summary>Name of the next older checkpoint, to be tried instead; null if there is none.</summary>
    public string? Older { get; }
}
