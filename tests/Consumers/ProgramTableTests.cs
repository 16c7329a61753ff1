using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Consumers;

/// <summary>docs/guides/programs.md has every program, and counts its lines as they are.</summary>
public sealed partial class ProgramTableTests
{
    [Fact]
    public void Every_program_is_in_the_table_with_its_lines()
    {
        var folder = Path.Combine(Path.GetDirectoryName(Source())!, "Programs");
        var rows = File.ReadAllLines(Path.Combine(folder, "../../../docs/guides/programs.md")).Where(line => line.Contains("Programs/", StringComparison.Ordinal))
            .Select(line => (Programs: Links().Matches(line).Select(match => match.Groups["name"].Value).ToList(), After: int.Parse(line.Split('|')[3], CultureInfo.InvariantCulture))).ToList();

        rows.SelectMany(row => row.Programs).Should().BeEquivalentTo(Directory.GetFiles(folder, "*.cs").Select(file => Path.GetFileNameWithoutExtension(file)));
        foreach (var (programs, after) in rows)
        {
            var lines = programs.Sum(name => File.ReadAllLines(Path.Combine(folder, $"{name}.cs")).Count(line => !NoCode().IsMatch(line)));
            after.Should().Be(lines, $"that is what {string.Join(" and ", programs)} has");
        }
    }

    private static string Source([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"Programs/(?<name>\w+)\.cs", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"^\s*($|//|#:|namespace |using (static )?[A-Za-z0-9_.]+;|[][{}();]+$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NoCode();
}
