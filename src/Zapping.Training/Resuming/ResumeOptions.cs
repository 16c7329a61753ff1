namespace Zapping.Training.Resuming;

/// <summary>How a run is resumed.</summary>
public sealed record ResumeOptions
{
    /// <summary>
    /// Differences between the saved run and the one at hand that are intended, by the keys that the refusal gives them, such as <c>source.batch_size</c> or <c>resets.0.units</c>; or by what
    /// stands before a dot, for all of these, such as <c>source</c> or <c>resets.0</c>. A key that names no difference has no effect. Default: none.
    /// </summary>
    [System.ComponentModel.DataAnnotations.Required]
    public IReadOnlyCollection<string> Accept { get; set; } = [];
}
