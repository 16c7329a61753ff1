using System.CommandLine;

namespace PaperCurves.CommandLine;

/// <summary>Options that are one of a few words, or a path.</summary>
internal static class WordOption
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

    /// <summary>Refuses empty text, which is neither a path nor a name.</summary>
    public static TOption Filled<TOption>(this TOption option)
        where TOption : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && string.IsNullOrWhiteSpace(text))
            {
                result.AddError($"{option.Name} is empty.");
            }
        });
        return option;
    }
}
