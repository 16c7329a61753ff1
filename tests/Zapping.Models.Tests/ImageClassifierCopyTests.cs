using FluentAssertions;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class ImageClassifierCopyTests
{
    public static TheoryData<string, int, int> Models { get; } = new(ModelInspection.All);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_copy_computes_the_same_and_is_independent(string name, int imageSize, int channels)
    {
        using var scope = NewDisposeScope();
        using var model = Small(name, imageSize, channels, seed: 3);
        var images = ModelInspection.Images(model, 3);
        model.call(images); // moves running statistics
        model.eval();
        using var copy = model.Copy();
        var before = model.call(images);

        copy.Should().BeOfType(model.GetType());
        copy.training.Should().BeFalse();
        copy.children().Should().OnlyContain(child => !child.training);
        ModelInspection.SameBits(copy.call(images), before).Should().BeTrue();

        copy.train();
        copy.call(images);
        using (no_grad())
        {
            foreach (var parameter in copy.parameters())
            {
                parameter.zero_();
            }
        }

        ModelInspection.SameBits(model.call(images), before).Should().BeTrue();
    }

    [Fact]
    public void A_copy_keeps_train_mode_and_type()
    {
        using var scope = NewDisposeScope();
        using var model = new ResNet18(7, width: 2);
        model.to(float64);
        using var copy = model.Copy();

        copy.training.Should().BeTrue();
        copy.parameters().Should().OnlyContain(parameter => parameter.dtype == float64 && parameter.requires_grad);
        ModelInspection.SameWeights(model, copy).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void What_was_saved_is_loaded_with_running_statistics(string name, int imageSize, int channels)
    {
        using var scope = NewDisposeScope();
        using var model = Small(name, imageSize, channels, seed: 3);
        using var other = Small(name, imageSize, channels, seed: 4);
        var images = ModelInspection.Images(model, 3);
        model.call(images);
        using var file = new MemoryStream();

        model.save(file);
        other.load(new MemoryStream(file.ToArray())); // saving closes the stream

        model.eval();
        other.eval();
        ModelInspection.SameBits(other.call(images), model.call(images)).Should().BeTrue();
    }

    private static ImageClassifier Small(string name, int imageSize, int channels, ulong seed = 1) =>
        ModelInspection.Create(name, imageSize, channels, width: 16, units: 7, seed);
}
