using Microsoft.Extensions.Options;
using Zapping.Training.Internal;

namespace Zapping.Training;

/// <summary>The rules of <see cref="DormantUnitsOptions"/> for options that come from configuration; the constructor of <see cref="DormantUnitsPolicy"/> checks the same.</summary>
public sealed class DormantUnitsOptionsValidator : IValidateOptions<DormantUnitsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DormantUnitsOptions options) => OptionsRules.Validate(options);
}
