using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Build;

namespace Zapping.Training.Tests.Docs;

/// <summary>Links within the repository lead to a file that is there, and to a heading that it has.</summary>
public sealed partial class LinkTests
{
    private const string Decisions = "docs/decisions/";

    public static TheoryData<string> Documents => [.. Document.Names];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_somewhere(string name)
    {
        var document = Document.Open(name);
        foreach (var link in document.Links.Where(link => !link.StartsWith("https://", StringComparison.Ordinal)))
        {
            var (file, anchor) = link.Split('#') is [var path, var heading] ? (path, heading) : (link, "");
            var target = file.Length == 0 ? document.Path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document.Path)!, file));
            Path.Exists(target).Should().BeTrue($"{name} links to {link}");
            if (anchor.Length > 0)
            {
                Document.Open(target).Anchors.Should().Contain(anchor, $"{name} links to {link}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_project_that_a_command_runs_is_there(string name)
    {
        foreach (Match command in Project().Matches(File.ReadAllText(Document.Open(name).Path)))
        {
            var folder = Path.Combine(ThrowawayProject.Repository, command.Groups["folder"].Value);
            Directory.EnumerateFiles(folder, "*.csproj").Should().ContainSingle($"{name} says {command.Value}");
        }
    }

    [Fact]
    public void Every_guide_is_in_the_index()
    {
        var index = Document.Open("docs/README.md").Links.ToList();
        var guides = Document.Names.Where(name => name.StartsWith("docs/", StringComparison.Ordinal) && !name.StartsWith(Decisions, StringComparison.Ordinal) && name != "docs/README.md");
        guides.Select(name => name["docs/".Length..]).Should().BeSubsetOf(index);
    }

    [Fact]
    public void Every_decision_is_in_their_index_and_numbered()
    {
        var decisions = Document.Names.Where(name => name.StartsWith(Decisions, StringComparison.Ordinal) && name != Decisions + "README.md").ToList();
        decisions.Select(name => name[Decisions.Length..]).Should().Equal(Document.Open(Decisions + "README.md").Links);
        decisions.Select(name => name[Decisions.Length..][..4]).Should().Equal(Enumerable.Range(1, decisions.Count).Select(number => number.ToString("D4", CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"--project (?<folder>[\w./]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Project();
}
