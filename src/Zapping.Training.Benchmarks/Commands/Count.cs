using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>Options that count something, from 1.</summary>
internal static class Count
{
    public static Option<int> Option(string name, int otherwise, string description) => NumberOption.Integer(name, description, otherwise);

    /// <summary>One that need not be given.</summary>
    public static Option<int?> Option(string name, string description) => NumberOption.OptionalInteger(name, description);
}
