using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

[Collection(AloneCollection.Name)] // the global generator is seeded
public sealed class ImageClassifierTests
{
    public static TheoryData<string, int, int> Models { get; } = new(ModelInspection.All);

    [Theory]
    [MemberData(nameof(Models))]
    public void Weights_depend_on_the_seed_alone(string name, int imageSize, int channels)
    {
        random.manual_seed(1);
        using var model = Small(name, imageSize, channels, seed: 5);
        random.manual_seed(2);
        using var same = Small(name, imageSize, channels, seed: 5);
        using var other = Small(name, imageSize, channels, seed: 6);

        ModelInspection.SameWeights(model, same).Should().BeTrue();
        foreach (var (mine, its) in model.named_parameters().Zip(other.parameters()))
        {
            var isNorm = mine.name.Contains("norm", StringComparison.Ordinal);
            ModelInspection.SameBits(mine.parameter, its).Should().Be(isNorm, mine.name);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_network_gives_logits_from_features_from_images(string name, int imageSize, int channels)
    {
        using var scope = NewDisposeScope();
        using var model = Small(name, imageSize, channels);
        model.eval();
        var images = ModelInspection.Images(model, 3);

        var features = model.Encode(images);

        (model.ImageSize, model.Channels, model.Units).Should().Be((imageSize, channels, 7));
        model.Classifier.weight.shape.Should().Equal(model.Units, model.FeatureCount);
        features.shape.Should().Equal(3, model.FeatureCount);
        ModelInspection.SameBits(model.call(images), model.Classifier.call(features)).Should().BeTrue();
    }

    [Theory]
    [InlineData("convnet", 28, 1)]
    [InlineData("convnet", 84, 3)]
    [InlineData("resnet18", 84, 3)]
    public void Inner_steps_of_the_plain_networks_move_everything(string name, int imageSize, int channels)
    {
        using var model = Small(name, imageSize, channels);

        model.Named().Keys.Should().OnlyContain(parameter => model.MovesInside(parameter));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_can_be_differentiated_again(string name, int imageSize, int channels)
    {
        using var scope = NewDisposeScope();
        using var model = Small(name, imageSize, channels);
        var labels = arange(3);
        var loss = nn.functional.cross_entropy(model.call(ModelInspection.Images(model, 3)), labels);
        var parameters = model.parameters().ToList<Tensor>();

        var first = autograd.grad([loss], parameters, create_graph: true, retain_graph: true);
        var norm = first.Select(gradient => gradient.square().sum()).Aggregate((sum, square) => sum + square);
        var second = autograd.grad([norm], parameters, allow_unused: true);

        norm.item<float>().Should().BePositive();
        second.Should().OnlyContain(gradient => gradient.isfinite().all().item<bool>());
        second.Should().Contain(gradient => gradient.count_nonzero().item<long>() > 0);
    }

    [Theory]
    [InlineData(0, 4, "units")]
    [InlineData(5, 0, "width")]
    [InlineData(5, -1, "width")]
    public void Impossible_dimensions_are_refused(int units, int width, string parameter)
    {
        Func<ImageClassifier>[] builders =
        [
            () => new Convnet(units, width),
            () => new Convnet84(units, width),
            () => new Anml(units, width),
            () => new Oml(units, width),
            () => new ResNet18(units, width),
        ];

        foreach (var build in builders)
        {
            build.Should().Throw<ArgumentOutOfRangeException>().WithParameterName(parameter);
        }
    }

    private static ImageClassifier Small(string name, int imageSize, int channels, ulong seed = 1) =>
        ModelInspection.Create(name, imageSize, channels, width: 16, units: 7, seed);
}
