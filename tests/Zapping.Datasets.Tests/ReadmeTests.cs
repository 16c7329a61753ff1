using FluentAssertions;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Datasets.Tests;

/// <summary>The code in the README.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void A_data_set_becomes_tensors()
    {
        using var scope = NewDisposeScope();

        var data = SyntheticGlyphs.Create(trainingClasses: 100, transferClasses: 20); // or Omniglot.Load("path/to/omniglot")
        var (images, labels) = Images.ToTensors(LabeledImages.Of(data.Training), CPU); // [2000, 1, 28, 28] from 0 to 1, and [2000]

        images.shape.Should().Equal(2000, 1, 28, 28);
        labels.data<long>().Should().Equal(Enumerable.Range(0, 2000).Select(image => image / 20L));
    }
}
