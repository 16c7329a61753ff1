using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Samples.Tests;

/// <summary>The sample that newcomers read first.</summary>
public sealed class QuickstartTests
{
    [Fact]
    public void Arguments_that_are_no_folder_of_omniglot_are_answered_with_the_usage()
    {
        var (exitCode, _, errors) = Sample.Run("Quickstart", "--help");

        exitCode.Should().Be(2);
        errors.Should().StartWith("Usage: Quickstart [folder with images_background and images_evaluation of Omniglot]");
    }

    [Fact]
    public void It_compares_two_networks()
    {
        var (exitCode, output, errors) = Sample.Run("Quickstart");

        exitCode.Should().Be(0, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[..2].Should().SatisfyRespectively(
            line => line.Should().MatchRegex(@"^without zapping: [0-9.]+ % of drawings of 20 new characters are recognized \(learning rate [0-9E.-]+\)$"),
            line => line.Should().MatchRegex(@"^with zapping: [0-9.]+ % of drawings of 20 new characters are recognized \(learning rate [0-9E.-]+\)$"));
        lines[3..].Should().HaveCount(5).And.AllSatisfy(line => line.Should().MatchRegex("^ +[0-9]+ +[0-9]+ % +[0-9]+ %$"));
        Percent(lines[1]).Should().BeGreaterThan(Percent(lines[0]) + 15, "it was 71 and 34 when this was written");
    }

    private static double Percent(string line) => double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
}
