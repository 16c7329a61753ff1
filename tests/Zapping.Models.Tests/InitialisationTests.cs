using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Models.Tests;

public sealed class InitialisationTests
{
    // In standard errors: wide enough that no seed fails by chance, far from any other published rule.
    private const double Tolerance = 6;

    public static TheoryData<string, int, int> Models { get; } = new(ModelInspection.All);

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_layer_has_its_published_distribution(string name, int imageSize, int channels)
    {
        using var scope = NewDisposeScope();
        using var model = ModelInspection.Create(name, imageSize, channels);
        foreach (var (path, layer) in model.named_modules())
        {
            switch (layer)
            {
                case Conv2d convolution:
                    var shape = convolution.weight!.shape;
                    var fan = (name == "resnet18" ? shape[0] : shape[1]) * shape[2] * shape[3];
                    IsNormal(path, convolution.weight, Math.Sqrt(2.0 / fan));
                    (convolution.bias is null).Should().Be(name == "resnet18", path);
                    IsUniform(path, convolution.bias, 1 / Math.Sqrt(shape[1] * shape[2] * shape[3]));
                    break;
                case Linear linear:
                    IsUniform(path, linear.weight, 1 / Math.Sqrt(linear.weight.shape[1]));
                    IsUniform(path, linear.bias, 1 / Math.Sqrt(linear.weight.shape[1]));
                    break;
                case Zapping.Models.InstanceNorm or BatchNorm2d:
                    layer.Named()["weight"].eq(1).all().item<bool>().Should().BeTrue(path);
                    layer.Named()["bias"].eq(0).all().item<bool>().Should().BeTrue(path);
                    break;
                default:
                    break;
            }
        }
    }

    [Theory]
    [InlineData("convnet", 28, 1, "encoder.conv1.weight", 0.471405)] // sqrt(2 / 9)
    [InlineData("convnet", 84, 3, "encoder.conv1.weight", 0.272166)] // sqrt(2 / 27)
    [InlineData("convnet", 84, 3, "classifier.weight", 0.007217)] // 1 / sqrt(3 * 6400)
    [InlineData("anml", 28, 1, "modulation.conv3.weight", 0.044544)] // sqrt(2 / (112 * 9))
    [InlineData("anml", 28, 1, "modulation.linear.weight", 0.054554)] // 1 / sqrt(3 * 112)
    [InlineData("oml", 84, 1, "hidden.bias", 0.012028)] // 1 / sqrt(3 * 2304)
    [InlineData("oml", 84, 1, "classifier.weight", 0.018042)] // 1 / sqrt(3 * 1024)
    [InlineData("resnet18", 84, 3, "encoder.conv1.weight", 0.025254)] // sqrt(2 / (64 * 49))
    [InlineData("resnet18", 84, 3, "encoder.stage2.block1.shortcut.conv.weight", 0.125)] // sqrt(2 / 128)
    [InlineData("resnet18", 84, 3, "encoder.stage4.block1.residual.conv1.weight", 0.020833)] // sqrt(2 / (512 * 9))
    public void Standard_deviations_are_those_of_the_paper(
        string name, int imageSize, int channels, string parameter, double expected)
    {
        using var scope = NewDisposeScope();
        using var model = ModelInspection.Create(name, imageSize, channels);
        var values = model.Named()[parameter];

        Near(parameter, values.std(), expected, expected / Math.Sqrt(2.0 * values.numel()));
    }

    [Theory]
    [InlineData("encoder.conv1.weight", -0.386615127f, -0.4540703f)]
    [InlineData("encoder.conv1.bias", 0.018534502f, -0.230720162f)]
    [InlineData("encoder.conv2.weight", -0.0894704089f, -0.196647197f)]
    [InlineData("encoder.conv3.weight", 0.227432638f, -0.199834168f)]
    [InlineData("classifier.weight", -0.00246282294f, -0.0396040864f)]
    [InlineData("classifier.bias", 0.0143539244f, -0.0222056862f)]
    public void The_convnet_starts_from_the_same_weights_as_ever(string parameter, float first, float last)
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet(20, width: 8, seed: 7);
        var values = model.Named()[parameter].flatten();

        // Not to the bit: processors' vector units round the logarithm behind normal numbers differently.
        values[0].item<float>().Should().BeApproximately(first, 1e-6f);
        values[-1].item<float>().Should().BeApproximately(last, 1e-6f);
    }

    private static void IsNormal(string path, Tensor values, double std)
    {
        var n = (double)values.numel();
        Near(path, values.mean(), 0, std / Math.Sqrt(n));
        Near(path, values.std(), std, std / Math.Sqrt(2 * n));

        // Normal, not uniform: the fourth moment is 3 and not 1.8.
        Near(path, (values / std).pow(4).mean(), 3, Math.Sqrt(96 / n));
    }

    private static void IsUniform(string path, Tensor? values, double bound)
    {
        if (values is null)
        {
            return;
        }

        var n = (double)values.numel();
        Near(path, values.mean(), 0, bound / Math.Sqrt(3 * n));
        Near(path, values.std(), bound / Math.Sqrt(3), bound / Math.Sqrt(15 * n));
        values.abs().max().item<float>().Should().BeInRange((float)(bound * (1 - (25 / n))), (float)bound * 1.000001f, path);
    }

    private static void Near(string path, Tensor value, double expected, double standardError) =>
        value.item<float>().Should().BeApproximately((float)expected, (float)(Tolerance * standardError), path);
}
