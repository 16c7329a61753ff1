using System.CommandLine;
using System.CommandLine.Parsing;

namespace PaperCurves.CommandLine;

/// <summary>Whether an option was written, and is not there by its default.</summary>
internal static class GivenOption
{
    public static bool IsGiven(this CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}
