using Microsoft.Extensions.Options;
using Zapping.Training.Internal;

namespace Zapping.Training;

/// <summary>The rules of <see cref="ContinualBackpropOptions"/> for options that come from configuration; the constructor of <see cref="ContinualBackpropPolicy"/> checks the same.</summary>
public sealed class ContinualBackpropOptionsValidator : IValidateOptions<ContinualBackpropOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ContinualBackpropOptions options) => OptionsRules.Validate(options);
}
