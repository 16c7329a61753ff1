using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;

namespace Zapping.Training.Validation;

/// <summary>Checks the attributes of an options class, the same way wherever options come from.</summary>
public static class OptionsValidator
{
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Properties of options: ILLink.Descriptors.xml keeps them.")]
    internal static IReadOnlyList<string> Failures(object options)
    {
        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true);
        return failures.ConvertAll(failure => failure.ErrorMessage ?? failure.ToString());
    }

    /// <summary>Checks options, such as in the constructor of a policy.</summary>
    /// <param name="options">With attributes of <see cref="System.ComponentModel.DataAnnotations"/>.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">An option breaks its rule; the message names it.</exception>
    public static T Validate<T>(T? options)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = Failures(options);
        return failures.Count == 0
            ? options
            : throw new ArgumentException($"Invalid {typeof(T).Name}: {string.Join(" ", failures)}", nameof(options));
    }
}
