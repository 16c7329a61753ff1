using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Build;

namespace Zapping.Training.Tests.Docs;

/// <summary>
/// Every block of C# in the documents is code that is compiled: a region of a file beside this one, named by a comment
/// <c>snippet: NAME</c> before the block, or lines of any source file, named by <c>file: PATH</c>.
/// </summary>
public sealed class SnippetTests
{
    private const string Snippet = "<!-- snippet: ";
    private const string SourceFile = "<!-- file: ";
    private const string End = " -->";

    private static readonly string Sources = Path.Combine(ThrowawayProject.Repository, "tests", "Zapping.Training.Tests", "Docs");

    public static TheoryData<string, string> Blocks =>
        [.. Document.Names.SelectMany(name => Document.Open(name).CodeIn("csharp").Select(block => (name, block.Comment)))];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_is_compiled_code(string document, string comment)
    {
        var blocks = Document.Open(document).CodeIn("csharp").Where(block => block.Comment == comment).ToList();
        blocks.Should().ContainSingle($"{document} must say before each block of C#, once, which code it is");
        var written = Meaningful(blocks[0].Lines);
        if (comment.StartsWith(Snippet, StringComparison.Ordinal))
        {
            var (source, region) = Region(comment[Snippet.Length..^End.Length]);
            var usings = written.FindAll(IsDirective);
            written.FindAll(line => !IsDirective(line)).Should().Equal(region);
            usings.Remove("using Zapping.Training;"); // the tests live in that namespace
            usings.Should().BeSubsetOf(source);
        }
        else
        {
            comment.Should().StartWith(SourceFile);
            var source = Meaningful(File.ReadAllLines(Path.Combine(ThrowawayProject.Repository, comment[SourceFile.Length..^End.Length])));
            string.Join('\n', source).Should().Contain(string.Join('\n', written));
        }
    }

    [Fact]
    public void Every_region_is_in_a_document()
    {
        var shown = Blocks.Select(row => row.Data.Item2).ToHashSet(StringComparer.Ordinal);
        var regions = Directory.EnumerateFiles(Sources, "*Snippets.cs").SelectMany(File.ReadLines).Select(line => line.Trim())
            .Where(line => line.StartsWith("// </", StringComparison.Ordinal)).Select(line => line[5..^1]);
        regions.Select(name => Snippet + name + End).Should().BeSubsetOf(shown);
    }

    private static (List<string> Source, List<string> Region) Region(string name)
    {
        foreach (var path in Directory.EnumerateFiles(Sources, "*Snippets.cs"))
        {
            var source = Meaningful(File.ReadAllLines(path));
            var start = source.IndexOf($"// <{name}>");
            if (start >= 0)
            {
                return (source, source[(start + 1)..source.IndexOf($"// </{name}>")]);
            }
        }

        throw new InvalidOperationException($"No file of snippets has a region '{name}'.");
    }

    private static bool IsDirective(string line) =>
        line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=') && !line.Contains('(');

    private static List<string> Meaningful(IEnumerable<string> lines) => [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0)];
}
