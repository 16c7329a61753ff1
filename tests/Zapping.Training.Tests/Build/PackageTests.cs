using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>The package as it would be published, in a feed of its own, and an application outside the repository that takes it from there.</summary>
[Collection(PackedFeed.Collection)]
public sealed class PackageTests(PackedFeed packed)
{
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
        Text("releaseNotes").Should().StartWith("## ").And.NotContain("\n## ", "it is of one version").And.Contain("ContinualTrainer")
            .And.EndWith("/CHANGELOG.md").And.Match(notes => notes.Length < 1000);
        Text("projectUrl").Should().Be(PackedFeed.Address);
        var commit = metadata.Elements().Single(element => element.Name.LocalName == "repository").Attribute("commit")!.Value;
        PackedFeed.ReadText(packed.Path, "README.md").Should().Contain($"]({PackedFeed.Address}/blob/{commit}/docs/guides/tour.md)").And.NotContain("](../", "it lies outside of the repository");
        metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)
            .Should().BeEquivalentTo(Dependencies);

        string Text(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    [Fact]
    public void The_conformance_suite_asks_for_the_library_and_for_TorchSharp_alone()
    {
        var path = packed.Pack("Zapping.Training.Conformance");
        using var package = ZipFile.OpenRead(path);

        package.Entries.Select(entry => entry.FullName).Should().Contain(
            ["README.md", "LICENSE", "icon.png", "lib/net10.0/Zapping.Training.Conformance.dll", "lib/net10.0/Zapping.Training.Conformance.xml"]);
        using var nuspec = package.GetEntry("Zapping.Training.Conformance.nuspec")!.Open();
        XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value)
            .Should().BeEquivalentTo("Zapping.Training", "TorchSharp");
        PackedFeed.ReadText(path, "README.md").Should().Contain($"]({PackedFeed.Address}/blob/").And.NotContain("](../");
        PackedFeed.ReadText(path, "Zapping.Training.Conformance.nuspec").Should().Contain($"<projectUrl>{PackedFeed.Address}</projectUrl>");
    }

    [Fact]
    public void Its_documentation_is_that_of_all_public_types_and_of_nothing_else()
    {
        var documented = XDocument.Parse(PackedFeed.ReadText(packed.Path, "lib/net10.0/Zapping.Training.xml")).Descendants("member")
            .Select(member => member.Attribute("name")!.Value).ToList();
        var types = typeof(Trainer).Assembly.GetExportedTypes().ToDictionary(type => type.FullName!.Replace('+', '.'), StringComparer.Ordinal);

        documented.Where(id => id.StartsWith("T:", StringComparison.Ordinal)).Select(id => id[2..]).Should().BeEquivalentTo(types.Keys);
        documented.Where(id => !id.StartsWith("T:", StringComparison.Ordinal)).Should().HaveCountGreaterThan(types.Count);
        documented.Where(id => !id.StartsWith("T:", StringComparison.Ordinal) && !IsVisible(id)).Should().BeEmpty();

        bool IsVisible(string id)
        {
            var name = id[2..].Split('(', '~')[0];
            var dot = name.LastIndexOf('.');
            var member = name[(dot + 1)..].Split('`')[0].Replace('#', '.');
            return types.TryGetValue(name[..dot], out var type)
                && type.GetMember(member, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Any(IsPublic);
        }
    }

    private static bool IsPublic(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsPublic),
        EventInfo happening => IsPublic(happening.AddMethod!),
        _ => false,
    };

    [Fact]
    public void Symbols_come_beside_it()
    {
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(packed.Path, "snupkg"));
        symbols.GetEntry("lib/net10.0/Zapping.Training.pdb").Should().NotBeNull();
    }

    [Fact]
    public void An_application_outside_the_repository_zaps_modules_that_the_library_has_never_seen()
    {
        using var consumer = new ThrowawayProject();
        consumer.Write("Program.cs", File.ReadAllText(Path.Combine(ThrowawayProject.Repository, "tests", "Zapping.Training.Tests", "Build", "Consumer", "Program.cs")));
        packed.Refer(consumer, $"""
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <RuntimeIdentifier>linux-x64</RuntimeIdentifier>
            <SelfContained>false</SelfContained>
            <RollForward>Major</RollForward>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            """);

        var (built, log) = consumer.Build("-warnaserror");
        built.Should().Be(0, log);
        var (wrong, output) = consumer.RunBuilt();

        wrong.Should().Be(0, output);
        output.Trim().Split('\n').Should().Equal(
            new[] { "ResidualCnn", "TransformerClassifier", "LstmClassifier", "TwoHeads", "FrozenBackbone" }.Select(name => $"{name}: 3 rows zapped, 15 steps"));
        File.Exists(Path.Combine(packed.Packages, "zapping.training", packed.Version, "zapping.training.nuspec"))
            .Should().BeTrue("it was restored from the feed, not from a cache");
    }

    // Configuration, as AddZapping takes a section of it.
    private static string[] Dependencies =>
    [
        "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "TorchSharp",
    ];
}
