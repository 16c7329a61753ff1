using System.Globalization;

namespace Zapping.Training.Benchmarks;

/// <summary>Options of a command line, "--name value" each, and a shared way to print.</summary>
internal sealed class Options(string[] args)
{
    public string Text(string name, string otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
    }

    public int Number(string name, int otherwise) =>
        int.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    /// <summary>The number that comes before all options.</summary>
    public int First(int otherwise) => args is [var first, ..] && !first.StartsWith('-')
        ? int.Parse(first, CultureInfo.InvariantCulture)
        : otherwise;

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
