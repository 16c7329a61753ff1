using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Build;

namespace Zapping.Training.Tests.Docs;

public sealed partial class ReadmeTests
{
    private static readonly string Root = ThrowawayProject.Repository;

    public static TheoryData<string> Snippets => ["quickstart", "own-loop", "own-policy", "episodes", "checkpoints", "fast", "transfer"];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void A_snippet_is_the_compiled_one(string name)
    {
        var readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        var source = File.ReadAllText(Path.Combine(Root, "tests", "Zapping.Training.Tests", "Docs", "ReadmeSnippets.cs"));
        var written = Lines(Between(readme, $"<!-- snippet: {name} -->\n```csharp\n", "```"));
        var compiled = Lines(Between(source, $"// <{name}>\n", $"// </{name}>"));

        var usings = written.Where(line => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=')).ToList();
        written.Where(line => !usings.Contains(line, StringComparer.Ordinal)).Should().Equal(compiled);
        usings.Remove("using Zapping.Training;"); // the tests live in that namespace
        usings.All(Lines(source).Contains).Should().BeTrue();
    }

    [Fact]
    public void Every_block_of_CSharp_is_one_of_them() =>
        CodeBlock().Count(File.ReadAllText(Path.Combine(Root, "README.md"))).Should().Be(Snippets.Count);

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/reproduction.md")]
    [InlineData("docs/performance.md")]
    public void Every_link_to_a_file_leads_somewhere(string document)
    {
        var path = Path.Combine(Root, document);
        foreach (Match link in Link().Matches(File.ReadAllText(path)))
        {
            var target = link.Groups["target"].Value;
            if (!target.StartsWith("http", StringComparison.Ordinal) && !target.StartsWith('#'))
            {
                Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target.Split('#')[0])).Should().BeTrue($"{document} links to {target}");
            }
        }
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        from.Should().BePositive(start);
        from += start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static List<string> Lines(string text) =>
        [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("^```csharp", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
