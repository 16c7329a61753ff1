using System.Globalization;
using Microsoft.Extensions.Options;
using Zapping.Training.Telemetry;

namespace Zapping.Training.Hosting;

/// <summary>
/// Gives a scheduler the settings that a monitor has, on the trainer's own thread and between two boundaries. It looks instead of being told: of invalid settings nobody is told.
/// </summary>
/// <param name="scheduler">The scheduler, which zaps.</param>
/// <param name="monitor">Of the settings.</param>
/// <param name="name">Which of them.</param>
/// <param name="inForce">Those that the scheduler has.</param>
internal sealed class ZapSettingsFollower(ZapScheduler scheduler, IOptionsMonitor<ZapSettings> monitor, string name, ZapSettings inForce)
{
    private const string None = "none";

    private ZapSettings _seen = inForce;
    private Dictionary<string, string> _values = Values(inForce);
    private string? _refused;

    public void Follow()
    {
        ZapSettings settings;
        try
        {
            settings = monitor.Get(name);
        }
        catch (OptionsValidationException invalid)
        {
            Refuse(string.Join(" ", invalid.Failures));
            return;
        }

        if (!ReferenceEquals(settings, _seen))
        {
            _seen = settings;
            Take(settings);
        }
    }

    private void Take(ZapSettings settings)
    {
        if (ZapSettingsValidator.Failures(settings, nameof(ZapSettings)) is { Count: > 0 } failures)
        {
            Refuse(string.Join(" ", failures)); // of a monitor that checks nothing
            return;
        }

        var values = Values(settings);
        var changes = values.Where(value => value.Value != _values[value.Key]).ToList();
        if (changes.FindAll(change => change.Key is "Every" or "Name" or "Seed" or "Head") is { Count: > 0 } lasting)
        {
            Refuse(string.Join(" ", lasting.Select(change => $"{change.Key} is {change.Value}, but it cannot change while there is a trainer; it stays {_values[change.Key]}.")));
            return;
        }

        _refused = null;
        if (changes.Count > 0)
        {
            scheduler.Policy = new ZapPolicy(settings.Options);
            scheduler.Schedule = settings.Every! with { Name = scheduler.Schedule.Name };
            TrainingLog.SettingsChanged(scheduler.Log, scheduler.Name, string.Join(", ", changes.Select(change => $"{change.Key} is {change.Value} and was {_values[change.Key]}")));
            _values = values;
        }
    }

    private void Refuse(string reasons)
    {
        if (_refused != reasons)
        {
            _refused = reasons;
            TrainingLog.SettingsRefused(scheduler.Log, scheduler.Name, reasons);
        }
    }

    private static Dictionary<string, string> Values(ZapSettings settings)
    {
        var (schedule, options) = (settings.Every!, settings.Options);
        return new(StringComparer.Ordinal)
        {
            ["Every"] = $"{schedule.Every}",
            ["Name"] = schedule.Name ?? None,
            ["Seed"] = schedule.Seed.ToString(CultureInfo.InvariantCulture),
            ["Head"] = $"{options.Head}",
            ["Period"] = schedule.Period.ToString(CultureInfo.InvariantCulture),
            ["From"] = schedule.From.ToString(CultureInfo.InvariantCulture),
            ["Until"] = schedule.Until?.ToString(CultureInfo.InvariantCulture) ?? None,
            ["AtMost"] = schedule.AtMost?.ToString(CultureInfo.InvariantCulture) ?? None,
            ["SkipFirst"] = $"{schedule.SkipFirst}",
            ["Units"] = $"{options.Units}",
            ["Weights"] = $"{options.Weights}",
            ["Bias"] = $"{options.Bias}",
            ["OptimizerState"] = $"{options.OptimizerState}",
            ["AllowSharedWeights"] = $"{options.AllowSharedWeights}",
        };
    }
}
