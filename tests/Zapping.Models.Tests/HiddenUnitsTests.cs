using FluentAssertions;
using Xunit;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

/// <summary>Which units of the paper's networks can be replaced.</summary>
public sealed class HiddenUnitsTests
{
    [Fact]
    public void All_convolutions_of_the_convnet()
    {
        using var scope = NewDisposeScope();
        using var net = new Convnet(5, width: 6);
        var graph = UnitGraph.Trace(net, rand(1, 1, 28, 28), module => module is InstanceNorm);
        graph.ReplaceableLayers.Should().Equal("encoder.conv1", "encoder.conv2", "encoder.conv3");
        graph.ExcludedLayers.Keys.Should().Equal("classifier");
    }

    [Fact]
    public void None_if_nobody_says_what_an_instance_normalization_is()
    {
        using var scope = NewDisposeScope();
        using var net = new Convnet(5, width: 6);
        var graph = UnitGraph.Trace(net, rand(1, 1, 28, 28));
        graph.ReplaceableLayers.Should().BeEmpty();
        graph.ExcludedLayers["encoder.conv2"].Should().Be(
            "its units pass 'encoder.norm2' (InstanceNorm), which has parameters and is not known; if it is a normalization, say so");
    }

    [Fact]
    public void The_first_convolution_of_each_residual_block()
    {
        using var scope = NewDisposeScope();
        using var net = new ResNet18(5, width: 4);
        var graph = UnitGraph.Trace(net, rand(1, 3, 84, 84));
        graph.ReplaceableLayers.Should().HaveCount(8).And.OnlyContain(name => name.EndsWith("conv1", StringComparison.Ordinal) && name != "encoder.conv1");
        graph.ExcludedLayers.Should().HaveCount(13);
    }

    [Fact]
    public void What_is_gated_in_ANML_stays_as_it_is()
    {
        using var scope = NewDisposeScope();
        using var net = new Anml(5, width: 4, modulationWidth: 3);
        var graph = UnitGraph.Trace(net, rand(1, 1, 28, 28), module => module is InstanceNorm);
        graph.ExcludedLayers["prediction.conv3"].Should().Be("'classifier', which sees its units, gets them together with units of 'modulation.linear'");
        graph.ReplaceableLayers.Should().Equal("prediction.conv1", "prediction.conv2", "modulation.conv1", "modulation.conv2", "modulation.conv3");
    }
}
