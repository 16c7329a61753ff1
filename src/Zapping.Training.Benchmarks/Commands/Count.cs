using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Zapping.Training.Benchmarks;

/// <summary>Options and arguments that count something.</summary>
internal static class Count
{
    public static Option<int> Option(string name, int otherwise, string description) =>
        AtLeastOne(new Option<int>(name) { Description = description, DefaultValueFactory = _ => otherwise });

    /// <summary>One that need not be given.</summary>
    public static Option<int?> Option(string name, string description) =>
        AtLeastOne(new Option<int?>(name) { Description = description });

    /// <summary>For the validators of an option or argument.</summary>
    public static void Require(int atLeast, string name, SymbolResult result)
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value < atLeast)
        {
            result.AddError($"{name} must be at least {atLeast}.");
        }
    }

    private static Option<T> AtLeastOne<T>(Option<T> option)
    {
        option.Validators.Add(result => Require(1, option.Name, result));
        return option;
    }
}
