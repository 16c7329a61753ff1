using Zapping.Training.Hosting;

namespace Zapping.Training;

/// <summary>Zapping as configuration says, for every trainer.</summary>
public static class ZapSettingsTrainerExtensions
{
    /// <summary>
    /// Zaps as settings from configuration say: <c>trainer.UseZapping(options.Value)</c> where <c>options</c> is an
    /// <c>IOptions&lt;ZapSettings&gt;</c>.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="settings">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">A setting is invalid, or the trainer never comes to such a boundary.</exception>
    public static TTrainer UseZapping<TTrainer>(this TTrainer trainer, ZapSettings settings)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(settings);
        return ZapSettingsValidator.Failures(settings, nameof(ZapSettings)) is { Count: > 0 } failures
            ? throw new ArgumentException(string.Join(" ", failures), nameof(settings))
            : trainer.UseZapping(settings.Every!, settings.Options);
    }
}
