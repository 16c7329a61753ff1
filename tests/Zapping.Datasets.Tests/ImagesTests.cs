using FluentAssertions;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Datasets.Tests;

public sealed class ImagesTests
{
    private static readonly float[] s_mean = [0.5f, 0.25f, 0.125f];
    private static readonly float[] s_std = [0.5f, 2f, 0.3f];

    /// <summary>Two classes of three 2x2 images; every byte is its own position.</summary>
    private static readonly ImageSet s_colours = new(
        ["a", "b"], 3, 2, [.. Enumerable.Range(0, 72).Select(value => (byte)(value * 3))], 3, new Normalization(s_mean, s_std));

    [Fact]
    public void Colours_are_normalised_channel_by_channel()
    {
        using var scope = NewDisposeScope();

        var (inputs, labels) = Images.ToTensors(s_colours, [1, 0], [[2, 0], [1]], CPU);

        inputs.shape.Should().Equal(3, 3, 2, 2);
        labels.data<long>().ToArray().Should().Equal(0, 0, 1);
        var expected = new List<float>();
        foreach (var image in new[] { 5, 3, 1 })
        {
            for (var i = 0; i < 12; i++)
            {
                var value = (byte)(((image * 12) + i) * 3);
                expected.Add(((value / 255f) - s_mean[i / 4]) / s_std[i / 4]);
            }
        }

        inputs.data<float>().ToArray().Should().Equal(expected);
    }

    [Fact]
    public void Nothing_chosen_is_an_empty_tensor()
    {
        using var scope = NewDisposeScope();

        var (inputs, labels) = Images.ToTensors(s_colours, [0, 1], [[], []], CPU);

        inputs.shape.Should().Equal(0, 3, 2, 2);
        labels.shape.Should().Equal(0);
    }

    [Fact]
    public void Pixels_are_scaled_to_0_for_ink_and_1_for_paper()
    {
        var set = new ImageSet(["a"], 1, 2, [0, 51, 102, 255]);
        var (inputs, labels) = Images.ToTensors(set, [0], [[0]], CPU);
        inputs.shape.Should().Equal(1, 1, 2, 2);
        inputs.data<float>().ToArray().Should().Equal(0f, 51 / 255f, 102 / 255f, 1f);
        labels.data<long>().ToArray().Should().Equal(0L);
        inputs.Dispose();
        labels.Dispose();
    }

    [Fact]
    public void Only_the_result_stays_in_native_memory()
    {
        using var scope = NewDisposeScope();

        Images.ToTensors(s_colours, [0, 1], [[0], [1, 2]], CPU);

        scope.DisposablesCount.Should().Be(2);
    }

    [Fact]
    public void A_normalisation_is_checked()
    {
        foreach (var make in new Func<Normalization>[]
        {
            () => new([], []),
            () => new([0f], [1f, 1f]),
            () => new([float.NaN], [1f]),
            () => new([0f], [0f]),
            () => new([0f], [float.PositiveInfinity]),
        })
        {
            make.Should().Throw<ArgumentException>();
        }
    }
}
