using FluentAssertions;
using TorchSharp.Modules;
using Xunit;

namespace Zapping.Models.Tests;

/// <summary>The published networks keep oneDNN where libtorch computes other convolutions wrongly (ConvolutionGuard).</summary>
public sealed class ChannelTests
{
    [Theory]
    [InlineData("convnet", 28, 1)]
    [InlineData("convnet", 84, 3)]
    [InlineData("anml", 28, 1)]
    [InlineData("oml", 84, 1)]
    [InlineData("resnet18", 84, 3)]
    public void Every_convolution_has_whole_blocks_of_channels_and_there_are_no_other_kernels(string name, int size, int channels)
    {
        using var model = ModelCatalog.Create(name, units: 10, width: 256, size, channels, seed: 1);
        var layers = model.modules().OfType<Convolution>().ToList();

        layers.Should().NotBeEmpty().And.OnlyContain(layer =>
            layer.out_channels % 16 == 0 && (layer.in_channels % 16 == 0 || layer.in_channels <= 8) && layer.groups == 1);
        model.parameters().Count(parameter => parameter.dim() > 2).Should().Be(layers.Count);
        model.buffers().Where(buffer => buffer.dim() > 2).Should().BeEmpty();
    }
}
