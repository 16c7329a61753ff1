using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Zapping.Training.Internal;

/// <summary>
/// Reads <see cref="ZappingSettings"/> from configuration. Unlike the framework's binder, it refuses keys that it does not know, says
/// what a value may be, and needs the abstractions of configuration only.
/// </summary>
internal sealed class ZappingSettingsReader(string name, IConfiguration configuration) : IConfigureNamedOptions<ZappingSettings>
{
    private static readonly PropertyInfo[] Keys = typeof(ZappingSettings).GetProperties();

    public void Configure(ZappingSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? optionsName, ZappingSettings options)
    {
        if (!string.Equals(optionsName, name, StringComparison.Ordinal))
        {
            return;
        }

        var failures = configuration.GetChildren().Select(entry => Read(entry, options)).OfType<string>().ToList();
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(name, typeof(ZappingSettings), failures);
        }
    }

    /// <returns>What is wrong with the entry, or null.</returns>
    private static string? Read(IConfigurationSection entry, ZappingSettings settings)
    {
        var key = Keys.FirstOrDefault(key => string.Equals(key.Name, entry.Key, StringComparison.OrdinalIgnoreCase));
        if (key is null)
        {
            return $"{entry.Path} is not known; there are {string.Join(", ", Keys.Select(known => known.Name))}.";
        }

        if (entry.GetChildren().Any())
        {
            return $"{entry.Path} has keys below it, but it must be {Allowed(key.PropertyType)}.";
        }

        if (entry.Value is null)
        {
            return null; // as if it were not there
        }

        try
        {
            key.SetValue(settings, Convert(key.PropertyType, entry.Value));
            return null;
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or NotSupportedException)
        {
            return $"{entry.Path} is '{entry.Value}', but it must be {Allowed(key.PropertyType)}.";
        }
    }

    // The framework's converter takes a list of names for flags: "EpochBoundary,ClassBoundary" would be TaskBoundary, 1 | 2.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The types are whole numbers, truth values, text and enumerations.")]
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "The types are whole numbers, truth values, text and enumerations.")]
    private static object? Convert(Type type, string text) => IsChoice(type) && text.Contains(',', StringComparison.Ordinal)
        ? throw new FormatException()
        : TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);

    private static bool IsChoice(Type type) => (Nullable.GetUnderlyingType(type) ?? type).IsEnum;

    private static string Allowed(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } choice => string.Join(", ", Enum.GetNames(choice)[..^1]) + " or " + Enum.GetNames(choice)[^1],
        var text when text == typeof(string) => "text",
        var flag when flag == typeof(bool) => "true or false",
        var number when number == typeof(ulong) => $"a whole number from 0 to {ulong.MaxValue}",
        var number when number == typeof(int) => $"a whole number up to {int.MaxValue}",
        _ => $"a whole number up to {long.MaxValue}",
    };
}
