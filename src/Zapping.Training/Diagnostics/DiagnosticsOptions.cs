using System.ComponentModel.DataAnnotations;

namespace Zapping.Training;

/// <summary>When a <see cref="DiagnosticsObserver"/> measures.</summary>
public sealed class DiagnosticsOptions
{
    /// <summary>After every so many steps (or episodes); at least 1, default 100.</summary>
    [Range(1L, long.MaxValue)]
    public long Period { get; set; } = 100;

    /// <summary>Whether it also measures right before and right after each reset; default <see langword="false"/>.</summary>
    public bool AroundResets { get; set; }

    /// <summary>
    /// How many steps have been made when training begins, <c>trainer.State.Steps</c> of a run that is resumed; at least 0, default 0.
    /// Resets that come before the first step are noted at this one.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long StepsBefore { get; set; }
}
