using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace Zapping.Training.Diagnostics;

/// <summary>When a <see cref="DiagnosticsObserver"/> measures.</summary>
public sealed record DiagnosticsOptions
{
    /// <summary>After every so many steps (or episodes); at least 1, default 100.</summary>
    [Range(1, int.MaxValue)]
    public int Period { get; set; } = 100;

    /// <summary>Whether it also measures right before and right after each reset; default <see langword="false"/>.</summary>
    public bool AroundResets { get; set; }

    /// <summary>
    /// How many steps have been made when training begins, <c>trainer.State.Steps</c> of a run that is resumed; at least 0, default 0.
    /// Resets that come before the first step are noted at this one.
    /// </summary>
    [Range(typeof(long), "0", "9223372036854775807")]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The converter of whole numbers is always there.")]
    public long StepsBefore { get; set; }
}
