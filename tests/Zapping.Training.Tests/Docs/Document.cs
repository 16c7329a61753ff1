using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Zapping.Training.Tests.Build;

namespace Zapping.Training.Tests.Docs;

/// <summary>A Markdown file of the repository: a README, the package's readme, or one under docs/.</summary>
internal sealed class Document
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    private readonly MarkdownDocument _markdown;

    private Document(string name)
    {
        Name = name;
        Path = System.IO.Path.Combine(ThrowawayProject.Repository, name);
        _markdown = Markdown.Parse(File.ReadAllText(Path), Pipeline);
    }

    /// <summary>The names of all documents, from the root of the repository.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "README.md",
        "samples/README.md",
        "src/Zapping.Datasets/README.md",
        "src/Zapping.Models/README.md",
        "src/Zapping.Training.Conformance/PACKAGE.md",
        "src/Zapping.Training/PACKAGE.md",
        .. Directory.EnumerateFiles(System.IO.Path.Combine(ThrowawayProject.Repository, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(ThrowawayProject.Repository, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public string Name { get; }

    public string Path { get; }

    /// <summary>Where links point to; pictures are links too.</summary>
    public IEnumerable<string> Links => _markdown.Descendants<LinkInline>().Select(link => link.Url ?? "");

    /// <summary>What can stand after the # of a link to this document.</summary>
    public IEnumerable<string> Anchors => _markdown.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "");

    public static Document Open(string name) => new(name);

    /// <summary>The blocks of code in one language, each with what stands before it and the anchor of the heading that it is under.</summary>
    public IEnumerable<CodeBlock> CodeIn(string language)
    {
        var anchor = "";
        Block? before = null;
        foreach (var block in _markdown)
        {
            anchor = block is HeadingBlock heading ? heading.GetAttributes().Id ?? "" : anchor;
            if (block is FencedCodeBlock code && code.Info == language)
            {
                var comment = before is HtmlBlock html ? html.Lines.ToString().Trim() : "";
                yield return new CodeBlock(comment, anchor, [.. code.Lines.Lines.Take(code.Lines.Count).Select(line => line.ToString())]);
            }

            before = block;
        }
    }

    /// <param name="Comment">The HTML comment right before it, or nothing.</param>
    /// <param name="Anchor">Of the heading that it is under.</param>
    /// <param name="Lines">The code.</param>
    internal sealed record CodeBlock(string Comment, string Anchor, IReadOnlyList<string> Lines);
}
