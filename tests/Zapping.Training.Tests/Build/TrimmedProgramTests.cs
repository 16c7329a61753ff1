using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>A program that is published trimmed trains, saves and resumes as one that is not.</summary>
[Collection(PublishedProgram.Collection)]
public sealed class TrimmedProgramTests(PublishedProgram program)
{
    [Fact]
    public void It_does_the_same_and_nothing_is_warned_of()
    {
        using var project = PublishedProgram.Create();

        project.PublishExternal("-c", "Release", "-p:PublishTrimmed=true", "--self-contained=true", "-p:TrimmerSingleWarn=false", "-warnaserror");

        program.ShouldBe(project);
    }
}
