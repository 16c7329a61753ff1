using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Samples.Tests;

/// <summary>The sample that learns while it answers.</summary>
public sealed partial class ServingTests
{
    [Fact]
    public void It_learns_ten_classes_while_it_answers_and_knows_them_after_a_restart()
    {
        var lines = Sample.Lines("Serving", "--smoke");

        foreach (var when in new[] { "after ten classes", "after a restart" })
        {
            var scores = Scores().Match(lines.Should().ContainSingle(line => line.StartsWith(when, StringComparison.Ordinal)).Which);
            foreach (var group in new[] { "old", "new" })
            {
                int.Parse(scores.Groups[group].Value, CultureInfo.InvariantCulture).Should().BeGreaterThan(80, "chance is 10 %");
            }
        }

        lines.Should().Contain(line => line.StartsWith("zapping.resets 10", StringComparison.Ordinal), "each class was zapped when it began");
        var last = lines[^1];
        last.Should().EndWith(" predictions were answered while ten classes were learned, 0 failures");
        int.Parse(last.Split(' ')[0], CultureInfo.InvariantCulture).Should().BeGreaterThan(50);
    }

    [GeneratedRegex("old classes (?<old>[0-9]+) ?%, new classes (?<new>[0-9]+) ?%$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scores();
}
