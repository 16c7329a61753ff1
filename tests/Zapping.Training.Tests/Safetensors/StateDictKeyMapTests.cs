using FluentAssertions;
using Xunit;
using Zapping.Training.Safetensors;

namespace Zapping.Training.Tests.Safetensors;

public sealed class StateDictNamesTests
{
    [Theory]
    [InlineData("encoder.block1.0.weight", "encoder.conv1.weight")]
    [InlineData("encoder.block1.0", "encoder.conv1")]
    [InlineData("encoder.block1.00.weight", "encoder.rest.00.weight")] // whole parts only, and the first that fits wins
    [InlineData("encoder.block1.1.weight", "encoder.rest.1.weight")]
    [InlineData("module.body.bias", "body.bias")]
    [InlineData("fc.weight", "head.kernel")]
    [InlineData("fc.bias", "fc.bias")]
    [InlineData("encoder", "encoder")]
    [InlineData("", "")]
    public void Prefixes_are_exchanged_both_ways(string inFile, string inModule)
    {
        var names = new StateDictKeyMap(
            ("encoder.block1.0.", "encoder.conv1."), ("encoder.block1", "encoder.rest"), ("module.body.", "body"),
            ("fc.weight", "head.kernel"));

        names.ToModule(inFile).Should().Be(inModule);
        names.ToFile(inModule).Should().Be(inFile);
    }

    [Fact]
    public void The_empty_prefix_fits_everything()
    {
        var names = new StateDictKeyMap(("", "net"));

        names.ToModule("weight").Should().Be("net.weight");
        names.ToFile("net.weight").Should().Be("weight");
        names.ToFile("other.weight").Should().Be("other.weight");
    }

    [Fact]
    public void Null_is_refused() =>
        FluentActions.Invoking(() => new StateDictKeyMap(("a", null!))).Should().Throw<ArgumentNullException>();
}
