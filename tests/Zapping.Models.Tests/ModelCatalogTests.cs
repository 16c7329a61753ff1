using FluentAssertions;
using Xunit;

namespace Zapping.Models.Tests;

public sealed class ModelCatalogTests
{
    [Fact]
    public void Its_names_are_those_of_the_command_line() =>
        ModelCatalog.Names.Should().Equal("convnet", "anml", "oml", "resnet18");

    [Theory]
    [InlineData("convnet", 28, 1, typeof(Convnet), 3_489_256)]
    [InlineData("convnet", 84, 3, typeof(Convnet84), 1_779_456 + (6401 * 1000))]
    [InlineData("anml", 28, 1, typeof(Anml), 3_977_416)]
    [InlineData("oml", 84, 1, typeof(Oml), 6_338_280)]
    [InlineData("resnet18", 84, 3, typeof(ResNet18), 11_176_512 + 513_000)]
    public void Width_256_gives_the_published_networks(string name, int imageSize, int channels, Type type, long parameters)
    {
        using var model = ModelCatalog.Create(name, 1000, 256, imageSize, channels, seed: 1);

        model.Should().BeOfType(type);
        model.Count().Should().Be(parameters);
    }

    [Fact]
    public void Other_widths_scale_every_layer()
    {
        using var anml = (Anml)ModelCatalog.Create("anml", 10, 64, 28, 1, seed: 1);
        using var oml = (Oml)ModelCatalog.Create("oml", 10, 64, 84, 1, seed: 1);
        using var resnet = (ResNet18)ModelCatalog.Create("resnet18", 10, 64, 84, 3, seed: 1);
        using var narrowest = (Anml)ModelCatalog.Create("anml", 10, 1, 28, 1, seed: 1);

        (anml.Width, anml.ModulationWidth).Should().Be((64, 28));
        (oml.Width, oml.FeatureCount).Should().Be((64, 256));
        resnet.Width.Should().Be(16);
        narrowest.ModulationWidth.Should().Be(1);
    }

    [Fact]
    public void The_seed_is_the_networks()
    {
        using var made = ModelCatalog.Create("convnet", 10, 8, 28, 1, seed: 9);
        using var direct = new Convnet(10, 8, seed: 9);

        ModelInspection.SameWeights(made, direct).Should().BeTrue();
    }

    [Theory]
    [InlineData("convnet", 28, 3, "*28x28 with 1 channel, or 84x84 with 3*not 28x28 with 3*")]
    [InlineData("convnet", 84, 1, "*not 84x84 with 1*")]
    [InlineData("anml", 27, 1, "*28x28 or larger*")]
    [InlineData("anml", 28, 0, "*with 0*")]
    [InlineData("oml", 28, 1, "*84x84 with 1 channel*")]
    [InlineData("oml", 84, 3, "*84x84 with 1 channel*")]
    [InlineData("resnet18", 84, 1, "*33x33 or larger with 3 channels*")]
    [InlineData("resnet18", 32, 3, "*33x33 or larger with 3 channels*")]
    public void Images_that_a_network_does_not_take_are_refused(string name, int imageSize, int channels, string message)
    {
        var act = () => ModelCatalog.Create(name, 10, 8, imageSize, channels, seed: 1);

        ModelCatalog.Takes(name, imageSize, channels).Should().BeFalse();
        act.Should().Throw<ArgumentException>().WithMessage($"The model '{name}' takes{message}");
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        var act = () => ModelCatalog.Create("vgg", 10, 8, 84, 3, seed: 1);

        act.Should().Throw<ArgumentException>().WithMessage("There is no model 'vgg'; there are convnet, anml, oml, resnet18*");
    }

    [Theory]
    [InlineData(0, 8, "units")]
    [InlineData(10, 0, "width")]
    public void Impossible_dimensions_are_refused(int units, int width, string parameter)
    {
        foreach (var (name, imageSize, channels) in ModelInspection.All)
        {
            var act = () => ModelCatalog.Create(name, units, width, imageSize, channels, seed: 1);

            act.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(parameter);
        }
    }
}
