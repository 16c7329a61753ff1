using System.Globalization;

namespace Zapping.Training.Tests.Shared;

/// <summary>How many inputs are made up: few enough for every build, or as many as FUZZ_ITERATIONS says for each property.</summary>
/// <remarks>
/// Inputs are new in each run. A failure names its seed, and becomes a test by name. Many inputs: <c>FUZZ_ITERATIONS=50000 dotnet test -c Release</c>. Tests of options state the
/// rules of the options a second time, and a refusal must name the rule that is broken.
/// </remarks>
internal static class Fuzz
{
    private static readonly long? Asked =
        long.TryParse(Environment.GetEnvironmentVariable("FUZZ_ITERATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : null;

    public static long Iterations(long usual) => Asked ?? usual;
}
