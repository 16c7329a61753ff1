using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>Vulnerable packages fail the restore, and deprecated ones the check of CI, with the repository's own settings.</summary>
public sealed class PackageAuditTests : IDisposable
{
    private readonly ThrowawayProject _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public void A_vulnerable_package_fails_the_restore()
    {
        using var registry = new FakeRegistry(vulnerable: true, deprecated: false);
        Use(registry);

        var (exitCode, output) = _project.Dotnet("restore");

        exitCode.Should().NotBe(0);
        output.Should().Contain("error NU1901").And.Contain(FakeRegistry.Package).And.Contain("https://example.org/advisory");
    }

    [Fact]
    public void A_deprecated_package_fails_the_check_and_is_named()
    {
        using var registry = new FakeRegistry(vulnerable: false, deprecated: true);
        Use(registry);
        Restore();

        var (exitCode, output) = Check();

        exitCode.Should().Be(1, output);
        output.Should().StartWith("deprecated packages:").And.Contain(FakeRegistry.Package).And.Contain("Legacy");
    }

    [Fact]
    public void Packages_with_nothing_against_them_pass()
    {
        using var registry = new FakeRegistry(vulnerable: false, deprecated: false);
        Use(registry);
        Restore();

        Check().Should().Be((0, string.Empty));
    }

    [Fact]
    public void A_source_that_cannot_be_asked_is_said_and_fails_nothing()
    {
        using (var registry = new FakeRegistry(vulnerable: false, deprecated: true))
        {
            Use(registry);
            Restore();
        }

        var (exitCode, output) = Check();

        exitCode.Should().Be(0, output);
        output.Should().Contain("not known whether packages are deprecated");
    }

    private void Restore()
    {
        var (exitCode, output) = _project.Dotnet("restore");
        exitCode.Should().Be(0, output);
    }

    private (int ExitCode, string Output) Check() => _project.Run("bash", [Path.Combine(ThrowawayProject.Repository, ".ci", "deprecated")]);

    private void Use(FakeRegistry registry)
    {
        _project.Write("Directory.Build.props", File.ReadAllText(Path.Combine(ThrowawayProject.Repository, "Directory.Build.props")));
        _project.Write("Directory.Packages.props", File.ReadAllText(Path.Combine(ThrowawayProject.Repository, "Directory.Packages.props")));
        _project.Write("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="fake" value="{registry.Address}" allowInsecureConnections="true" /></packageSources>
            </configuration>
            """);
        _project.Write("app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <RestorePackagesPath>{_project.Folder("packages").FullName}</RestorePackagesPath>
                <RestoreFallbackFolders>{ThrowawayProject.PackageCache}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="{FakeRegistry.Package}" Version="1.0.0" />
                <PackageReference Include="{FakeRegistry.Package}" />
              </ItemGroup>
            </Project>
            """);
    }
}
