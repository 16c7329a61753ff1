using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Datasets;
using static TorchSharp.torch;

namespace PaperCurves.Tests.Sweeps;

public sealed class TransferDrawsTests
{
    private static readonly TransferSettings Seven = new() { Protocol = TransferProtocol.Sequential, Classes = 7 };

    private static readonly PretrainingPlan AllClasses =
        new() { Preset = "test", Data = "numbers", Method = Method.Iid, Zap = false, Length = 1, Classes = 12 };

    [Fact]
    public void Support_and_query_are_disjoint_and_class_by_class_in_the_order_of_presentation()
    {
        using var task = Draws().Task(Seven, trial: 1, ClassPool.Test, AllClasses);

        var support = Values(task.Support);
        var query = Values(task.Query);
        support.Should().HaveCount(7 * 15);
        query.Should().HaveCount(7 * 5);
        support.Concat(query).Should().OnlyHaveUniqueItems();
        for (var position = 0; position < 7; position++)
        {
            var classes = support.Skip(position * 15).Take(15).Concat(query.Skip(position * 5).Take(5)).Select(ClassOf);
            classes.Distinct().Should().ContainSingle("all images of one position are of one class");
        }
    }

    [Fact]
    public void A_trial_is_the_same_every_time_and_differs_from_the_next()
    {
        using var first = Draws().Task(Seven, trial: 2, ClassPool.Test, AllClasses);
        using var again = Draws().Task(Seven, trial: 2, ClassPool.Test, AllClasses);
        using var next = Draws().Task(Seven, trial: 3, ClassPool.Test, AllClasses);

        Values(again.Support).Should().Equal(Values(first.Support));
        Values(next.Support).Should().NotEqual(Values(first.Support));
    }

    [Fact]
    public void Validation_shares_no_class_with_tests()
    {
        using var test = Draws().Task(Seven, trial: 1, ClassPool.Test, AllClasses);
        using var validation = Draws().Task(Seven with { Classes = 5 }, trial: 1, ClassPool.Validation, AllClasses);

        Values(test.Support).Select(ClassOf).Should().NotIntersectWith(Values(validation.Support).Select(ClassOf));
    }

    [Fact]
    public void Validation_takes_the_classes_that_pre_training_left_out_if_it_did()
    {
        var plan = AllClasses with { Classes = 8 };
        using var validation = Draws().Task(Seven with { Classes = 4 }, trial: 1, ClassPool.Validation, plan);

        Values(validation.Support).Select(ClassOf).Distinct().Should().BeEquivalentTo(PretrainingSplit.LeftOut(plan, Numbers()));
    }

    [Fact]
    public void Too_many_classes_or_images_are_refused()
    {
        var classes = () => Draws().Task(Seven with { Classes = 13 }, 1, ClassPool.Test, AllClasses);
        classes.Should().Throw<DataException>().WithMessage("13 transfer classes of 15 support and 5 query images are asked for, but there are 12 of 20 images.");
        var images = () => Draws().Task(Seven with { Query = 6 }, 1, ClassPool.Test, AllClasses);
        images.Should().Throw<DataException>();
    }

    private static TransferDraws Draws() => new(new ClassificationData("numbers", "here", Numbers(), Numbers()), CPU);

    // 1x1 images whose only pixel is their number: 12 classes of 20.
    private static ImageSet Numbers() =>
        new([.. Enumerable.Range(0, 12).Select(i => $"class {i}")], 20, 1, [.. Enumerable.Range(0, 240).Select(i => (byte)i)]);

    private static int ClassOf(int value) => value / 20;

    private static List<int> Values(Tensor images) => [.. images.data<float>().ToArray().Select(value => (int)MathF.Round(value * 255))];
}
