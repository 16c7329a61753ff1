using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

/// <summary>The code in the README.</summary>
[Collection(AloneCollection.Name)] // draws from the global generator
public sealed class ReadmeTests
{
    [Fact]
    public void A_model_gives_logits_and_features()
    {
        using var model = new Convnet(units: 100, width: 32, seed: 1); // 256 filters in the paper
        using var images = rand(50, 1, 28, 28);
        using var logits = model.call(images); // [50, 100]
        using var features = model.Encode(images); // [50, 288], what the classifier sees

        logits.shape.Should().Equal(50, 100);
        features.shape.Should().Equal(50, 288);
    }
}
