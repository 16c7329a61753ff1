using FluentAssertions;
using Xunit;

namespace Samples.Tests;

/// <summary>The sample that newcomers read first.</summary>
public sealed class QuickstartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-quickstart-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_compares_two_networks_and_draws_them()
    {
        var (exitCode, output, errors) = Sample.RunIn(_folder.FullName, "Quickstart");

        exitCode.Should().Be(0, errors);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().SatisfyRespectively(
            line => line.Should().MatchRegex(@"^without zapping: [0-9.]+ % of drawings of 20 new characters are recognised \(learning rate [0-9E.-]+\)$"),
            line => line.Should().MatchRegex(@"^with zapping: [0-9.]+ % of drawings of 20 new characters are recognised \(learning rate [0-9E.-]+\)$"),
            line => line.Should().StartWith("See ").And.EndWith("quickstart.png"));
        File.ReadAllBytes(Path.Combine(_folder.FullName, "out", "quickstart.png")).AsSpan(1, 3).SequenceEqual("PNG"u8).Should().BeTrue();
    }
}
