using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>The program of Consumer/Trimmed.cs as it is built, run once, for comparison with what is published of it.</summary>
public sealed class PublishedProgram : IDisposable
{
    public const string Collection = "programs that are published";

    // Not in a constructor, where a system that it is not for could not skip the test.
    private readonly Lazy<ThrowawayProject> _untrimmed = new(Create);
    private readonly Lazy<List<string>> _expected;

    public PublishedProgram() => _expected = new(RunUntrimmed);

    private string Checkpoints => _untrimmed.Value.Folder("checkpoints").FullName;

    public void Dispose()
    {
        if (_untrimmed.IsValueCreated)
        {
            _untrimmed.Value.Dispose();
        }
    }

    /// <summary>A project of the program, which has not been built.</summary>
    internal static ThrowawayProject Create()
    {
        var project = new ThrowawayProject();
        project.Write("Program.cs", File.ReadAllText(Path.Combine(ThrowawayProject.Repository, "tests", "Zapping.Training.Tests", "Build", "Consumer", "Trimmed.cs")));
        project.Reference(typeof(Trainer).Assembly.Location, "Microsoft.Extensions.Hosting");
        return project;
    }

    /// <summary>Runs what a project has published: it prints the same and leaves the same checkpoints.</summary>
    internal void ShouldBe(ThrowawayProject project)
    {
        var checkpoints = project.Folder("checkpoints").FullName;
        var (exitCode, output) = project.RunPublished(AppContext.BaseDirectory, checkpoints);

        exitCode.Should().Be(0, output);
        Lines(output).Should().Equal(_expected.Value);
        var files = Files(Checkpoints);
        files.Should().HaveCountGreaterThan(14 * 2 * 4);
        Files(checkpoints).Should().Equal(files);
        foreach (var file in files)
        {
            Contents(Path.Combine(checkpoints, file)).Should().Equal(Contents(Path.Combine(Checkpoints, file)), file);
        }
    }

    private List<string> RunUntrimmed()
    {
        var (exitCode, output) = _untrimmed.Value.Build("-p:TorchBackend=external");
        exitCode.Should().Be(0, output);
        (exitCode, output) = _untrimmed.Value.Run(Path.Combine(_untrimmed.Value.OutputFolder, "app"), [Checkpoints], ("ZAPPING_LIBTORCH", AppContext.BaseDirectory));
        exitCode.Should().Be(0, output);
        var lines = Lines(output);
        lines.Should().HaveCount((14 * 2) + 1);
        lines[..^1].Should().OnlyContain(line => line.Contains(": saved, 4 steps", StringComparison.Ordinal) || line.Contains(": resumed after 4, 8 steps", StringComparison.Ordinal));
        lines[^1].Should().StartWith("Invalid ZapOptions:").And.Contain("Bias");
        return lines;
    }

    private static List<string> Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("NNPACK", StringComparison.Ordinal))];

    // Without the file that says which process has the folder, and the sums, which are those of the other files.
    private static List<string> Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path))
            .Where(file => Path.GetFileName(file) is not (".lock" or "SHA256SUMS")).Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Contents(string path) => Path.GetExtension(path) == ".json"
        ? File.ReadAllLines(path).Where(line => !line.Contains("\"saved\":", StringComparison.Ordinal)) // when it was saved
        : [Convert.ToHexString(File.ReadAllBytes(path))];
}

[CollectionDefinition(PublishedProgram.Collection)]
public sealed class PublishedPrograms : ICollectionFixture<PublishedProgram>;
