using Microsoft.Extensions.Options;
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
    /// <param name="settings">Read now; later changes have no effect, but those of an <see cref="IOptionsMonitor{TOptions}"/> have.</param>
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

    /// <summary>
    /// Zaps as settings from configuration say, and follows their changes: <c>trainer.UseZapping(monitor)</c> where <c>monitor</c> is the <c>IOptionsMonitor&lt;ZapSettings&gt;</c> of
    /// <c>AddZapping</c>.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="settings">
    /// Looked at now, and before each boundary of the schedule's kind, on the trainer's thread. Then changes take effect, and the log says so (event 50). Every, Name, Seed and
    /// Head cannot change while there is a trainer; such a change, and invalid settings, have one warning each (event 51), and the old settings stay in force as a whole.
    /// </param>
    /// <param name="name">Which of several, as given to <c>AddZapping</c>; default: the unnamed.</param>
    /// <exception cref="OptionsValidationException">A setting is invalid now.</exception>
    /// <exception cref="ArgumentException">A setting is invalid now, or the trainer never comes to such a boundary.</exception>
    /// <remarks>A checkpoint holds the settings in force. A resumed run must begin with them, or accept the difference.</remarks>
    public static TTrainer UseZapping<TTrainer>(this TTrainer trainer, IOptionsMonitor<ZapSettings> settings, string? name = null)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(settings);
        name ??= Options.DefaultName;
        var first = settings.Get(name);
        trainer.UseZapping(first);
        var scheduler = trainer.Schedulers[^1];
        scheduler.Following = new ZapSettingsFollower(scheduler, settings, name, first).Follow;
        return trainer;
    }
}
