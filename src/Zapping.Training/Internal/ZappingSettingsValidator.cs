using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace Zapping.Training.Internal;

/// <summary>The rules of <see cref="ZappingSettings"/>; a message names the key, the value and what is allowed.</summary>
/// <param name="name">Which named options are meant.</param>
/// <param name="prefix">What stands before a key in messages, such as the path of the configuration section.</param>
internal sealed class ZappingSettingsValidator(string name, string prefix) : IValidateOptions<ZappingSettings>
{
    public bool Serves(string? optionsName) => string.Equals(optionsName, name, StringComparison.Ordinal);

    public ValidateOptionsResult Validate(string? optionsName, ZappingSettings options) =>
        !Serves(optionsName) ? ValidateOptionsResult.Skip
        : Failures(options, prefix) is { Count: > 0 } failures ? ValidateOptionsResult.Fail(failures)
        : ValidateOptionsResult.Success;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Properties of settings: ILLink.Descriptors.xml keeps them.")]
    public static IReadOnlyList<string> Failures(ZappingSettings settings, string prefix)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true);
        return results.ConvertAll(result => Message(settings, prefix, result));
    }

    private static string Message(ZappingSettings settings, string prefix, ValidationResult result)
    {
        var member = result.MemberNames.Single();
        var value = typeof(ZappingSettings).GetProperty(member)!.GetValue(settings);
        return value is null
            ? $"{prefix}:{member} is missing; it {result.ErrorMessage}."
            : string.Create(CultureInfo.InvariantCulture, $"{prefix}:{member} is '{value}', but it {result.ErrorMessage}.");
    }
}
