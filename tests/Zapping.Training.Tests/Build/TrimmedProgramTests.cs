using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>A program that is published trimmed has all that checkpoints and options need.</summary>
public sealed class TrimmedProgramTests
{
    [Fact]
    public void It_saves_resumes_and_checks_options_and_nothing_of_the_library_is_warned_of()
    {
        using var project = new ThrowawayProject();
        project.Write("Program.cs", File.ReadAllText(Path.Combine(ThrowawayProject.Repository, "tests", "Zapping.Training.Tests", "Build", "Consumer", "Trimmed.cs")));
        project.Reference(typeof(Trainer).Assembly.Location, "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options");

        project.PublishExternal("-c", "Release", "-p:PublishTrimmed=true", "--self-contained=true", "-p:TrimmerSingleWarn=false", "-warnaserror");
        var (exitCode, output) = project.RunPublished(AppContext.BaseDirectory, project.Folder("checkpoints").FullName);

        exitCode.Should().Be(0, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("NNPACK", StringComparison.Ordinal)).ToList();
        lines.Should().HaveCount(3);
        lines[..2].Should().Equal("saved, 4 steps", "resumed after 4, 8 steps");
        lines[2].Should().StartWith("Invalid ZapOptions:").And.Contain("Bias");
    }
}
