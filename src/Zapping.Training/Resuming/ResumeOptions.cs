namespace Zapping.Training;

/// <summary>How a run is gone on with.</summary>
public sealed record ResumeOptions
{
    /// <summary>
    /// Differences between the saved run and the one at hand that are meant, by the names that the refusal gives them, such as "source: batch size" or "reset 0: units"; or by
    /// what stands before the colon, for all of these. Default: none.
    /// </summary>
    [System.ComponentModel.DataAnnotations.Required]
    public IReadOnlyCollection<string> Accept { get; set; } = [];
}
