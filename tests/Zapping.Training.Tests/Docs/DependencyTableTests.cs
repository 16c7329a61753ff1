using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Build;

namespace Zapping.Training.Tests.Docs;

/// <summary>docs/dependencies.md names every package of Directory.Packages.props and every local tool, and no other.</summary>
public sealed partial class DependencyTableTests
{
    [Fact]
    public void Every_package_has_a_reason()
    {
        var packages = XDocument.Load(Path.Combine(ThrowawayProject.Repository, "Directory.Packages.props"))
            .Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value);
        var rows = File.ReadAllLines(Document.Open("docs/dependencies.md").Path).Where(line => line.StartsWith("| `", StringComparison.Ordinal));
        var named = rows.SelectMany(row => Code().Matches(row.Split('|')[1])).Select(match => match.Groups["code"].Value);
        named.Should().BeEquivalentTo([.. packages, "docfx"]);
    }

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
