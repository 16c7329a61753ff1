using Microsoft.Extensions.Options;
using Zapping.Training.Validation;

namespace Zapping.Training.Hosting;

/// <summary>Whether the parts of <see cref="ZapSettings"/> are valid, and fit together.</summary>
/// <param name="name">Which named options are meant.</param>
/// <param name="prefix">What stands before a key in messages, such as the path of the configuration section.</param>
internal sealed class ZapSettingsValidator(string name, string prefix) : IValidateOptions<ZapSettings>
{
    public bool Serves(string? optionsName) => string.Equals(optionsName, name, StringComparison.Ordinal);

    public ValidateOptionsResult Validate(string? optionsName, ZapSettings options) =>
        !Serves(optionsName) ? ValidateOptionsResult.Skip
        : Failures(options, prefix) is { Count: > 0 } failures ? ValidateOptionsResult.Fail(failures)
        : ValidateOptionsResult.Success;

    public static IReadOnlyList<string> Failures(ZapSettings settings, string prefix)
    {
        if (settings.Every is not { } schedule)
        {
            return [$"{prefix}:Every is missing; it must be {ZapSettingsReader.Kinds}."];
        }

        List<string> failures = [.. OptionsValidator.Failures(settings.Options).Select(failure => $"{prefix}: {failure}")];
        try
        {
            schedule.Ensure();
            settings.Options.Units?.EnsureSuits(schedule);
        }
        catch (ArgumentException failure)
        {
            failures.Add($"{prefix}: {failure.Message}");
        }

        return failures;
    }
}
