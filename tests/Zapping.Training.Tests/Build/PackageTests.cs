using System.IO.Compression;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>The package as it would be published, in a feed of its own, and an application outside the repository that takes it from there.</summary>
public sealed class PackageTests : IDisposable
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";

    private readonly ThrowawayProject _consumer = new();

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void It_has_all_that_a_package_needs_and_asks_for_nothing_more_than_it_needs()
    {
        using var package = ZipFile.OpenRead(Pack());

        package.Entries.Select(entry => entry.FullName).Should().Contain(
        [
            "README.md", "LICENSE", "icon.png", "lib/net10.0/Zapping.Training.dll", "lib/net10.0/Zapping.Training.xml",
            "buildTransitive/Zapping.Training.targets", "buildTransitive/WeakenVersionNeed.cs",
        ]).And.NotContain(name => name.Contains("libtorch", StringComparison.OrdinalIgnoreCase));
        using var nuspec = package.GetEntry("Zapping.Training.nuspec")!.Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single();
        Text("license").Should().Be("MIT");
        Text("readme").Should().Be("README.md");
        Text("icon").Should().Be("icon.png");
        Text("tags").Split(' ').Should().Contain(["torchsharp", "continual-learning"]);
        Text("releaseNotes").Should().StartWith("## ").And.NotContain("\n## ", "it is of one version").And.Contain("ContinualTrainer");
        metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)
            .Should().BeEquivalentTo(Dependencies);

        string Text(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    [Fact]
    public void Symbols_come_beside_it()
    {
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(Pack(), "snupkg"));
        symbols.GetEntry("lib/net10.0/Zapping.Training.pdb").Should().NotBeNull();
    }

    [Fact]
    public void An_application_outside_the_repository_zaps_modules_that_the_library_has_never_seen()
    {
        var version = Path.GetFileNameWithoutExtension(Pack())["Zapping.Training.".Length..];
        _consumer.Write("Program.cs", File.ReadAllText(Path.Combine(ThrowawayProject.Repository, "tests", "Zapping.Training.Tests", "Build", "Consumer", "Program.cs")));
        _consumer.Write("Directory.Packages.props", "<Project />");
        _consumer.Write("app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{Feed}</RestoreAdditionalProjectSources>
                <RestorePackagesPath>{_consumer.Folder("packages").FullName}</RestorePackagesPath>
                <RestoreFallbackFolders>{ThrowawayProject.PackageCache}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Zapping.Training" Version="[{version}]" />
                <PackageReference Include="libtorch-cpu-linux-x64" Version="{ThrowawayProject.LibTorchVersion}" />
              </ItemGroup>
            </Project>
            """);

        var (built, log) = _consumer.Build("-warnaserror");
        built.Should().Be(0, log);
        var (wrong, output) = _consumer.RunBuilt();

        wrong.Should().Be(0, output);
        output.Trim().Split('\n').Should().Equal(
            new[] { "ResidualCnn", "TransformerClassifier", "LstmClassifier", "TwoHeads", "FrozenBackbone" }.Select(name => $"{name}: 3 rows zapped, 15 steps"));
        File.Exists(Path.Combine(_consumer.Folder("packages").FullName, "zapping.training", version.ToLowerInvariant(), "zapping.training.nuspec"))
            .Should().BeTrue("it was restored from the feed, not from a cache");
    }

    private static string[] Dependencies => ["Microsoft.Extensions.Options", "TorchSharp"];

    private string Feed => _consumer.Folder("feed").FullName;

    /// <returns>The path of the package.</returns>
    private string Pack()
    {
        var project = Path.Combine(ThrowawayProject.Repository, "src", "Zapping.Training");
        var (exitCode, output) = _consumer.Dotnet("pack", project, "-c", Configuration, "--no-build", "-o", Feed);
        exitCode.Should().Be(0, output);
        return Directory.GetFiles(Feed, "*.nupkg").Single();
    }
}
