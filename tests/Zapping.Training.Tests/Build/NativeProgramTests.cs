using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>
/// A program that is published as native code trains, saves and resumes as one that is not. A class of its own, as it takes longer than any other test: native code of
/// the whole program is made.
/// </summary>
[Collection(PublishedProgram.Collection)]
public sealed class NativeProgramTests(PublishedProgram program)
{
    [Fact]
    public void It_does_the_same_and_nothing_of_the_library_is_warned_of()
    {
        Assert.SkipUnless(HasLinker, "neither clang nor gcc is installed, by which native code is linked");
        using var project = PublishedProgram.Create();
        var (restored, log) = project.Dotnet("restore", "-p:PublishAot=true", "-p:TorchBackend=external");
        Assert.SkipWhen(restored != 0 && log.Contains("NU1301", StringComparison.Ordinal), "the compiler's package is not in NuGet's cache, and no source can be reached");

        var output = project.PublishExternal("-c", "Release", "-p:PublishAot=true", "--self-contained=true", "-p:TrimmerSingleWarn=false");

        var warnings = output.Split('\n').Where(line => line.Contains("warning IL", StringComparison.Ordinal)).ToList();
        warnings.Should().NotContain(line => !line.Contains(": TorchSharp.", StringComparison.Ordinal) && !line.Contains(": Coverlet.", StringComparison.Ordinal), "coverage adds code of its own to the library");
        warnings.Should().Contain(line => line.Contains("IL3000", StringComparison.Ordinal), "TorchSharp is warned of, so warnings are seen at all");
        Directory.GetFiles(project.PublishFolder, "*.dll").Should().BeEmpty("it is one program of native code");
        program.ShouldBe(project);
    }

    private static bool HasLinker => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));
}
