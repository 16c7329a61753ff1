using Microsoft.Extensions.Options;
using Zapping.Training.Internal;

namespace Zapping.Training;

/// <summary>The rules of <see cref="LaterLayersOptions"/> for options that come from configuration; the constructor of <see cref="LaterLayersPolicy"/> checks the same.</summary>
public sealed class LaterLayersOptionsValidator : IValidateOptions<LaterLayersOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LaterLayersOptions options) => OptionsRules.Validate(options);
}
