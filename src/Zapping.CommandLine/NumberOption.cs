using System.CommandLine;
using System.CommandLine.Parsing;

namespace Zapping.CommandLine;

/// <summary>Options and arguments that are numbers, all read by <see cref="NumberText"/>.</summary>
public static class NumberOption
{
    /// <summary>More than any count of steps, epochs or classes; sums and products of two such counts stay numbers of 64 bits.</summary>
    public const int Many = 1_000_000;

    // More than any machine has processors; libtorch ends the process when the system refuses it a thread.
    private const int MostThreads = 1024;

    private const string RateExample = "a number above 0 (in single precision), such as 1e-3 or 0.001";

    /// <summary>A whole number, with a default.</summary>
    public static Option<int> Integer(string name, string description, int otherwise, int least = 1, int most = Many) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => ReadInteger(result, name, least, most) ?? default,
    };

    /// <summary>How many threads libtorch may use.</summary>
    public static Option<int> Threads(int otherwise) => Integer("--threads", "CPU threads.", Math.Min(otherwise, MostThreads), most: MostThreads);

    /// <summary>A whole number that need not be given.</summary>
    public static Option<int?> OptionalInteger(string name, string description, int least = 1, int most = Many) => new(name)
    {
        Description = description,
        CustomParser = result => ReadInteger(result, name, least, most),
    };

    /// <summary>An argument that is a whole number, with a default.</summary>
    public static Argument<int> Argument(string name, string description, int otherwise, int least, int most = Many) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => ReadInteger(result, name, least, most) ?? default,
    };

    /// <summary>A seed: any number of 64 bits, 0 among them.</summary>
    public static Option<ulong> Seed(string name, string description, ulong otherwise = 1) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => NumberText.TrySeed(TextOf(result), out var seed) ? seed : Wrong<ulong>(result, name, FormattableString.Invariant($"a whole number from 0 to {ulong.MaxValue}")),
    };

    /// <summary>A learning rate that need not be given.</summary>
    public static Option<double?> Rate(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => NumberText.TryPositive(TextOf(result), out var rate) ? rate : Wrong<double?>(result, name, RateExample),
    };

    /// <summary>Learning rates with commas between, or "none"; null where the option is not given.</summary>
    public static Option<double[]?> Rates(string name, string description) => new(name)
    {
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => TextOf(result) == "none" ? [] : ReadRates(result, name),
    };

    private static double[]? ReadRates(ArgumentResult result, string name)
    {
        var rates = new List<double>();
        foreach (var part in TextOf(result).Split(','))
        {
            if (!NumberText.TryPositive(part, out var rate))
            {
                result.AddError($"{name}: '{part}' is not a learning rate; give numbers above 0 with commas between, such as 1e-4,1e-3, or none.");
                return null;
            }

            if (rates.Contains(rate))
            {
                result.AddError($"{name}: '{part}' is there twice.");
                return null;
            }

            rates.Add(rate);
        }

        return [.. rates];
    }

    private static int? ReadInteger(ArgumentResult result, string name, int least, int most) =>
        NumberText.TryInteger(TextOf(result), least, most, out var value)
            ? value
            : Wrong<int?>(result, name, FormattableString.Invariant($"a whole number from {least} to {most}"));

    private static T? Wrong<T>(ArgumentResult result, string name, string right)
    {
        result.AddError($"{name} is '{TextOf(result)}'; it must be {right}.");
        return default;
    }

    private static string TextOf(ArgumentResult result) => result.Tokens is [var only] ? only.Value : "";
}
