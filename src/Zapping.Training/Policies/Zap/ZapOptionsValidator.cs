using Microsoft.Extensions.Options;
using Zapping.Training.Internal;

namespace Zapping.Training;

/// <summary>The rules of <see cref="ZapOptions"/> for options that come from configuration; the constructor of <see cref="ZapPolicy"/> checks the same.</summary>
public sealed class ZapOptionsValidator : IValidateOptions<ZapOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ZapOptions options) => OptionsRules.Validate(options);
}
