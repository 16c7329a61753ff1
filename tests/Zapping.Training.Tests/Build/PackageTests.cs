using System.IO.Compression;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>The package as it would be published, in a feed of its own, and an application outside the repository that takes it from there.</summary>
public sealed class PackageTests(PackageTests.Packed packed) : IClassFixture<PackageTests.Packed>
{
    private readonly ThrowawayProject _consumer = packed.Consumer;

    [Fact]
    public void It_has_all_that_a_package_needs_and_asks_for_nothing_more_than_it_needs()
    {
        using var package = ZipFile.OpenRead(packed.Path);

        package.Entries.Select(entry => entry.FullName).Should().Contain(
        [
            "README.md", "LICENSE", "icon.png", "lib/net10.0/Zapping.Training.dll", "lib/net10.0/Zapping.Training.xml",
            "buildTransitive/net10.0/Zapping.Training.targets", "buildTransitive/net10.0/WeakenVersionNeed.cs",
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
    public void The_conformance_suite_asks_for_the_library_and_for_TorchSharp_alone()
    {
        using var package = ZipFile.OpenRead(packed.Pack("Zapping.Training.Conformance"));

        package.Entries.Select(entry => entry.FullName).Should().Contain(
            ["README.md", "LICENSE", "icon.png", "lib/net10.0/Zapping.Training.Conformance.dll", "lib/net10.0/Zapping.Training.Conformance.xml"]);
        using var nuspec = package.GetEntry("Zapping.Training.Conformance.nuspec")!.Open();
        XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)
            .Should().BeEquivalentTo("Zapping.Training", "TorchSharp");
    }

    [Fact]
    public void Symbols_come_beside_it()
    {
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(packed.Path, "snupkg"));
        symbols.GetEntry("lib/net10.0/Zapping.Training.pdb").Should().NotBeNull();
    }

    [Fact]
    public void An_application_outside_the_repository_zaps_modules_that_the_library_has_never_seen()
    {
        var version = Path.GetFileNameWithoutExtension(packed.Path)["Zapping.Training.".Length..];
        _consumer.Write("Program.cs", File.ReadAllText(Path.Combine(ThrowawayProject.Repository, "tests", "Zapping.Training.Tests", "Build", "Consumer", "Program.cs")));
        _consumer.Write("Directory.Packages.props", "<Project />");
        _consumer.Write("app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <RollForward>Major</RollForward>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{Path.GetDirectoryName(packed.Path)}</RestoreAdditionalProjectSources>
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

    // Configuration, as AddZapping takes a section of it.
    private static string[] Dependencies =>
    [
        "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "TorchSharp",
    ];

    /// <summary>The package, made once and by the first test that asks, and a project to take it.</summary>
    public sealed class Packed : IDisposable
    {
        private static readonly string Configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";

        // Not in a constructor, where a system that it is not for could not skip the test.
        private readonly Lazy<ThrowawayProject> _consumer = new(() => new ThrowawayProject());
        private readonly Lazy<string> _path;

        public Packed() => _path = new(() => Pack("Zapping.Training"));

        /// <summary>Of the package, in a feed of its own.</summary>
        public string Path => _path.Value;

        internal ThrowawayProject Consumer => _consumer.Value;

        public void Dispose()
        {
            if (_consumer.IsValueCreated)
            {
                Consumer.Dispose();
            }
        }

        // In a version of its own: whatever NuGet has in its caches is taken from there and not from the feed.
        public string Pack(string name)
        {
            var feed = Consumer.Folder($"feed of {name}").FullName;
            var project = System.IO.Path.Combine(ThrowawayProject.Repository, "src", name);
            var (exitCode, output) = Consumer.Dotnet(
                "pack", project, "-c", Configuration, "--no-build", "-o", feed,
                "-p:MinVerSkip=true", $"-p:Version=0.1.0-test.{Guid.NewGuid():n}", $"-p:NuspecOutputPath={Consumer.Folder($"nuspec of {name}").FullName}");
            exitCode.Should().Be(0, output);
            return Directory.GetFiles(feed, "*.nupkg").Single();
        }
    }
}
