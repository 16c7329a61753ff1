using System.IO.Compression;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>The package as it would be published, made once and by the first test that asks, in a feed of its own, and projects that take it from there.</summary>
public sealed class PackedFeed : IDisposable
{
    public const string Collection = "the packed feed";

    /// <summary>Of a repository, as the packages are told.</summary>
    public const string Address = "https://example.org/zapping";

    private static readonly string Configuration = AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug";

    // Not in a constructor, where a system that it is not for could not skip the test.
    private readonly Lazy<ThrowawayProject> _folders = new(() => new ThrowawayProject());
    private readonly Lazy<string> _path;

    public PackedFeed() => _path = new(() => Pack("Zapping.Training"));

    /// <summary>Of the package.</summary>
    public string Path => _path.Value;

    public string Version => System.IO.Path.GetFileNameWithoutExtension(Path)["Zapping.Training.".Length..];

    /// <summary>Where projects that take the package have it unpacked.</summary>
    public string Packages => _folders.Value.Folder("packages").FullName;

    /// <summary>For what restores without a project file: the feed is its first source, and what it has not, the usual cache has.</summary>
    public (string Name, string? Value)[] Environment =>
        [("NUGET_PACKAGES", Packages), ("NUGET_FALLBACK_PACKAGES", ThrowawayProject.PackageCache), ("XDG_DATA_HOME", _folders.Value.Folder("data").FullName), ("TMPDIR", _folders.Value.Folder("temporary").FullName)];

    public string Feed => System.IO.Path.GetDirectoryName(Path)!;

    public void Dispose()
    {
        if (_folders.IsValueCreated)
        {
            _folders.Value.Dispose();
        }
    }

    /// <summary>Writes a project file that takes the package, and libtorch.</summary>
    internal void Refer(ThrowawayProject project, string properties, string file = "app.csproj", string items = "")
    {
        project.Write("Directory.Packages.props", "<Project />");
        project.Write(file, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {properties}
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
                <RestoreAdditionalProjectSources>{Feed}</RestoreAdditionalProjectSources>
                <RestorePackagesPath>{Packages}</RestorePackagesPath>
                <RestoreFallbackFolders>{ThrowawayProject.PackageCache}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                {items}
                <PackageReference Include="Zapping.Training" Version="[{Version}]" />
                <PackageReference Include="libtorch-cpu-linux-x64" Version="{ThrowawayProject.LibTorchVersion}" />
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Packs a project that was built, in a version of its own: whatever NuGet has in its caches is taken from there and not from the feed.</summary>
    /// <returns>The path of the package.</returns>
    public string Pack(string name)
    {
        var feed = _folders.Value.Folder($"feed of {name}").FullName;
        var project = System.IO.Path.Combine(ThrowawayProject.Repository, "src", name);
        var (exitCode, output) = _folders.Value.Dotnet(
            "pack", project, "-c", Configuration, "--no-build", "-o", feed, $"-p:RepositoryUrl={Address}",
            "-p:MinVerSkip=true", $"-p:Version=0.1.0-test.{Guid.NewGuid():n}", $"-p:NuspecOutputPath={_folders.Value.Folder($"nuspec of {name}").FullName}");
        exitCode.Should().Be(0, output);
        return Directory.GetFiles(feed, "*.nupkg").Single();
    }

    /// <summary>A text file in a package.</summary>
    public static string ReadText(string path, string entry)
    {
        using var package = ZipFile.OpenRead(path);
        using var reader = new StreamReader(package.GetEntry(entry)!.Open());
        return reader.ReadToEnd();
    }
}

[CollectionDefinition(PackedFeed.Collection)]
public sealed class PackedFeeds : ICollectionFixture<PackedFeed>;
