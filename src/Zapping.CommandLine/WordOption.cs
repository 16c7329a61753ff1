using System.CommandLine;
using System.CommandLine.Parsing;

namespace Zapping.CommandLine;

/// <summary>Options that are one of a few words, or a path.</summary>
public static class WordOption
{
    /// <summary>One of some words.</summary>
    public static Option<string> OneOf(string name, IReadOnlyCollection<string> words, string otherwise, string description)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.CompletionSources.Add([.. words]);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var word }] && !words.Contains(word, StringComparer.Ordinal))
            {
                result.AddError($"{name} is '{word}'; it must be one of {string.Join(", ", words)}.");
            }
        });
        return option;
    }

    /// <summary>Refuses empty text, which is neither a path nor a name, and a null character, which no path may have.</summary>
    public static TOption Filled<TOption>(this TOption option)
        where TOption : Option
    {
        option.Validators.Add(result => EnsureFilled(option, result));
        return option;
    }

    /// <summary>The same for an argument.</summary>
    public static Argument<string> Filled(this Argument<string> argument)
    {
        argument.Validators.Add(result => EnsureFilled(argument, result));
        return argument;
    }

    private static void EnsureFilled(Symbol symbol, SymbolResult result)
    {
        if (result.Tokens is [{ Value: var text }] && (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal)))
        {
            result.AddError($"{symbol.Name} {(string.IsNullOrWhiteSpace(text) ? "is empty" : "has a null character")}.");
        }
    }
}
