using System.CommandLine;
using System.CommandLine.Parsing;

namespace Zapping.CommandLine;

/// <summary>Whether an option was written, and is not there by its default.</summary>
public static class GivenOption
{
    /// <summary>Whether the command line has the option.</summary>
    /// <param name="result">Of the command.</param>
    /// <param name="option">The option.</param>
    public static bool IsGiven(this CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}
