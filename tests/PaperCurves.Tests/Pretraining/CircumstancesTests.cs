using FluentAssertions;
using PaperCurves.Pretraining;
using Xunit;

namespace PaperCurves.Tests.Pretraining;

/// <summary>Which versions' results may stand side by side.</summary>
public sealed class CircumstancesTests
{
    [Theory]
    [InlineData("0.1.0", "0.1.0")]
    [InlineData("0.1.0-alpha.0.281+8c1f", "0.1.0")]
    [InlineData("0.1.0+8c1f", "0.1.1-alpha.0.1+77ab")]
    [InlineData("0.1.4", "0.1.0")]
    public void A_patch_and_a_commit_change_no_result(string made, string now) => Circumstances.OtherVersion(made, now).Should().BeNull();

    [Theory]
    [InlineData("0.1.1-alpha.0.1+77ab", "0.2.0", "Zapping.Training 0.1.1-alpha.0.1, and this is 0.2.0")]
    [InlineData("0.2.0-beta.1", "0.1.9", "Zapping.Training 0.2.0-beta.1, and this is 0.1.9")]
    [InlineData("1.1.0", "0.1.0", "Zapping.Training 1.1.0, and this is 0.1.0")]
    [InlineData("0.10.0", "0.1.0", "Zapping.Training 0.10.0, and this is 0.1.0")]
    [InlineData("of an unknown version", "0.1.0", "Zapping.Training of an unknown version, and this is 0.1.0")]
    public void Another_minor_version_is_said(string made, string now, string said) => Circumstances.OtherVersion(made, now).Should().Be(said);

    [Fact]
    public void What_this_library_makes_is_of_its_version() => new Circumstances().OtherVersion().Should().BeNull();
}
