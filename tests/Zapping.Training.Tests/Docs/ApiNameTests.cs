using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;
using Zapping.Training.Conformance;

namespace Zapping.Training.Tests.Docs;

/// <summary>The types that the guides speak of are there, and public.</summary>
public sealed partial class ApiNameTests
{
    [Fact]
    public void Every_type_in_the_tables_of_the_api_reference_is_public()
    {
        var rows = File.ReadAllLines(Document.Open("docs/guides/api-reference.md").Path).Where(line => line.StartsWith('|'));
        var names = rows.SelectMany(row => Code().Matches(row)).Select(match => match.Groups["code"].Value).ToList();
        names.Should().HaveCountGreaterThan(20);
        names.Should().BeSubsetOf(new[] { typeof(ZapScheduler), typeof(PolicyConformance) }.SelectMany(type => type.Assembly.GetExportedTypes()).Select(type => type.Name));
    }

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
