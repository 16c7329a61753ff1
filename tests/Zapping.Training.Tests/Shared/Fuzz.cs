using System.Globalization;

namespace Zapping.Training.Tests.Shared;

/// <summary>How many inputs are made up: few enough for every build, or as many as FUZZ_ITERATIONS says for each property.</summary>
internal static class Fuzz
{
    private static readonly long? Asked =
        long.TryParse(Environment.GetEnvironmentVariable("FUZZ_ITERATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : null;

    public static long Iterations(long usual) => Asked ?? usual;
}
