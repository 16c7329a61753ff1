using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace Zapping.Training.Internal;

/// <summary>DataAnnotations of an options class, checked the same way wherever options come from.</summary>
internal static class OptionsRules
{
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Properties of options: ILLink.Descriptors.xml keeps them.")]
    public static IReadOnlyList<string> Failures(object options)
    {
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true);
        return failures.ConvertAll(failure => failure.ErrorMessage ?? failure.ToString());
    }

    /// <exception cref="ArgumentException">An option breaks its rule; the message names it.</exception>
    public static T Ensure<T>(T? options)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = Failures(options);
        return failures.Count == 0
            ? options
            : throw new ArgumentException($"Invalid {typeof(T).Name}: {string.Join(" ", failures)}", nameof(options));
    }
}
