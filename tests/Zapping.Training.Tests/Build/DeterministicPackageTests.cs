using System.IO.Compression;
using System.Text;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>eng/Package.props: two clones of a commit give the same package, which leads to its sources. With a small project, as it is compiled twice.</summary>
public sealed class DeterministicPackageTests : IDisposable
{
    private const string Address = "https://github.com/example/example";

    private readonly ThrowawayProject _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public void Two_clones_of_a_commit_give_the_same_package()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "git"))), "git is not installed");
        var origin = Write("origin");
        Git("-C", origin, "init", "--quiet");
        Git("-C", origin, "add", ".");
        Git("-C", origin, "-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "commit", "--quiet", "--message", "Begin");
        foreach (var clone in new[] { "first", "second" })
        {
            Git("clone", "--quiet", origin, _project.Folder(clone).FullName);
            Git("-C", _project.Folder(clone).FullName, "remote", "remove", "origin");
        }

        // What was built before, for this machine, is compiled anew.
        Dotnet("build", "first");
        Dotnet("pack", "first");
        Dotnet("pack", "second");

        var first = Unpack("first");
        first.Keys.Should().Contain(["lib/net10.0/Small.dll", "lib/net10.0/Small.pdb", "lib/net10.0/Small.xml", "README.md"]);
        var second = Unpack("second");
        second.Keys.Should().BeEquivalentTo(first.Keys);
        first.Where(entry => !entry.Value.AsSpan().SequenceEqual(second[entry.Key])).Select(entry => entry.Key).Should().BeEmpty();
        first.Where(entry => Has(entry.Value, _project.Folder("first").FullName)).Select(entry => entry.Key).Should().BeEmpty("no path of this machine is in it");
        Has(first["lib/net10.0/Small.pdb"], "https://raw.githubusercontent.com/example/example/").Should().BeTrue("debuggers find the sources");
        Encoding.UTF8.GetString(first["lib/net10.0/Small.xml"]).Should().Contain("T:Small.Visible").And.NotContain("Hidden");
        Encoding.UTF8.GetString(first["README.md"]).Should().MatchRegex($@"^Read \[this\]\({Address}/blob/[0-9a-f]{{40}}/docs/this\.md\); \[that\]\(https://example\.org\)\s*$");
    }

    private string Write(string name)
    {
        var root = _project.Folder(name).FullName;
        foreach (var file in new[]
        {
            ".gitignore", "CHANGELOG.md", "Directory.Build.props", "Directory.Packages.props", "LICENSE", "global.json", "nuget.config",
            "eng/Package.props", "eng/Package.targets", "eng/PublicDocumentation.cs", "eng/icon.png",
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
            File.Copy(Path.Combine(ThrowawayProject.Repository, file), Path.Combine(root, file));
        }

        Directory.CreateDirectory(Path.Combine(root, "src", "Small"));
        foreach (var (file, text) in new[]
        {
            ("Small.csproj", """<Project Sdk="Microsoft.NET.Sdk"><Import Project="../../eng/Package.props" /><PropertyGroup><Description>Small.</Description></PropertyGroup></Project>"""),
            ("Visible.cs", "namespace Small;\n\n/// <summary>Seen.</summary>\npublic static class Visible;\n\n/// <summary>Not seen.</summary>\ninternal static class Hidden;\n"),
            ("PACKAGE.md", "Read [this](../../docs/this.md); [that](https://example.org)\n"),
            ("PublicAPI.Shipped.txt", "#nullable enable\n"),
            ("PublicAPI.Unshipped.txt", "#nullable enable\nSmall.Visible\n"),
        })
        {
            File.WriteAllText(Path.Combine(root, "src", "Small", file), text);
        }

        return root;
    }

    private void Git(params string[] arguments)
    {
        var (exitCode, output) = _project.Run("git", arguments);
        exitCode.Should().Be(0, output);
    }

    private void Dotnet(string command, string clone)
    {
        var (exitCode, output) = _project.Dotnet(
            command, Path.Combine(_project.Folder(clone).FullName, "src", "Small"), "-c", "Release", "-p:RunAnalyzers=false", "-p:MinVerSkip=true", $"-p:RepositoryUrl={Address}");
        exitCode.Should().Be(0, output);
    }

    private Dictionary<string, byte[]> Unpack(string clone)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(Path.Combine(_project.Folder(clone).FullName, "src", "Small", "bin", "Release"), "*.*nupkg").Order(StringComparer.Ordinal))
        {
            using var package = ZipFile.OpenRead(path);
            foreach (var entry in package.Entries.Where(entry => entry.FullName.StartsWith("lib/", StringComparison.Ordinal) || !entry.FullName.Contains('/')))
            {
                using var stream = entry.Open();
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                files[entry.FullName] = bytes.ToArray(); // of the nuspec, which both packages have, the second
            }
        }

        return files;
    }

    private static bool Has(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}
