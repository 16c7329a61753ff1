using FluentAssertions;
using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Transfer;
using Xunit;
using static TorchSharp.torch;

namespace PaperCurves.Tests.Transfer;

public sealed class TransferDrawTests
{
    private static readonly Preset Small = Preset.Smoke with { TransferClasses = 7, SupportImages = 15, QueryImages = 5 };

    [Fact]
    public void Support_and_query_are_disjoint_and_class_by_class_in_the_order_of_presentation()
    {
        using var draw = new TransferDraw(NumberedImages(), Small, trial: 0, CPU);

        var support = Values(draw.Support.Inputs);
        var query = Values(draw.Query.Inputs);
        support.Should().HaveCount(7 * 15);
        query.Should().HaveCount(7 * 5);
        support.Concat(query).Should().OnlyHaveUniqueItems();
        draw.Support.Labels.data<long>().ToArray().Should().Equal(Enumerable.Range(0, 7).SelectMany(c => Enumerable.Repeat((long)c, 15)));
        for (var position = 0; position < 7; position++)
        {
            var classes = support.Skip(position * 15).Take(15).Concat(query.Skip(position * 5).Take(5)).Select(v => v / 20);
            classes.Distinct().Should().ContainSingle("all images with one label are of one class");
        }
    }

    [Fact]
    public void A_trial_is_the_same_every_time_and_differs_from_the_next()
    {
        using var first = new TransferDraw(NumberedImages(), Small, trial: 1, CPU);
        using var again = new TransferDraw(NumberedImages(), Small, trial: 1, CPU);
        using var next = new TransferDraw(NumberedImages(), Small, trial: 2, CPU);

        Values(again.Support.Inputs).Should().Equal(Values(first.Support.Inputs));
        Values(next.Support.Inputs).Should().NotEqual(Values(first.Support.Inputs));
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

    // 1x1 images whose only pixel is their number: 12 classes of 20.
    private static ImageSet NumberedImages() =>
        new([.. Enumerable.Range(0, 12).Select(i => $"class {i}")], 20, 1, [.. Enumerable.Range(0, 240).Select(i => (byte)i)]);

    private static List<int> Values(Tensor images) => [.. images.data<float>().ToArray().Select(value => (int)MathF.Round(value * 255))];
}
