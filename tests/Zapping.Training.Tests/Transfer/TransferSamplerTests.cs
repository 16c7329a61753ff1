using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Transfer;

namespace Zapping.Training.Tests.Transfer;

public sealed class TransferSamplerTests
{
    private static readonly int[] Twelve = [.. Enumerable.Repeat(20, 12)];

    [Fact]
    public void Classes_are_distinct_and_support_and_query_share_no_example() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 6], Gen.Int[1, 6], Gen.ULong, Gen.Int[0, 50]).Sample((classes, support, query, seed, trial) =>
        {
            int[] examples = [12, 13, 14, 15, 16, 17, 18, 19, 20];
            var draw = new TransferSampler(
                examples, new TransferSamplerOptions { Classes = classes, SupportExamples = support, QueryExamples = query, Seed = seed }).Draw(trial);

            draw.Trial.Should().Be(trial);
            draw.Classes.Should().HaveCount(classes).And.OnlyHaveUniqueItems().And.OnlyContain(c => c >= 0 && c < 9);
            for (var position = 0; position < classes; position++)
            {
                draw.Support[position].Should().HaveCount(support);
                draw.Query[position].Should().HaveCount(query);
                draw.Support[position].Concat(draw.Query[position]).Should().OnlyHaveUniqueItems()
                    .And.OnlyContain(example => example >= 0 && example < examples[draw.Classes[position]]);
            }
        });

    [Fact]
    public void A_trial_is_the_same_every_time_and_differs_from_the_next_and_from_other_seeds()
    {
        var draw = Sampler(7).Draw(3);

        Sampler(7).Draw(3).Should().BeEquivalentTo(draw, options => options.WithStrictOrdering());
        Sampler(7).Draw(4).Classes.Should().NotEqual(draw.Classes);
        Sampler(8).Draw(3).Classes.Should().NotEqual(draw.Classes);
    }

    [Fact]
    public void Fewer_classes_are_the_first_of_more_and_other_examples_move_no_class()
    {
        var all = Sampler(7, classes: 12).Draw(2);
        var few = Sampler(7, classes: 5).Draw(2);
        few.Classes.Should().Equal(all.Classes.Take(5));
        few.Support.Should().BeEquivalentTo(all.Support.Take(5), options => options.WithStrictOrdering());

        Sampler(7, classes: 12, support: 3).Draw(2).Classes.Should().Equal(all.Classes);
    }

    [Fact]
    public void Every_class_is_drawn_first_about_equally_often()
    {
        var sampler = Sampler(1, classes: 1);
        var counts = new int[12];
        for (var trial = 0; trial < 2400; trial++)
        {
            counts[sampler.Draw(trial).Classes[0]]++;
        }

        // Chi-squared with 11 degrees of freedom exceeds 31.3 once in a thousand seeds; this seed does not.
        counts.Sum(count => Math.Pow(count - 200, 2) / 200).Should().BeLessThan(31.3);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        var tooMany = () => new TransferSampler(Twelve, new TransferSamplerOptions { Classes = 13 });
        tooMany.Should().Throw<ArgumentException>().WithMessage("13 classes are to be drawn, but there are only 12.*");

        var tooFew = () => new TransferSampler([20, 19], new TransferSamplerOptions { Classes = 2 });
        tooFew.Should().Throw<ArgumentException>()
            .WithMessage("Class 1 has 19 examples, but 15 support and 5 query examples are to be drawn.*");

        var beyond = () => new TransferSampler([20, 20], new TransferSamplerOptions { Classes = 2, SupportExamples = int.MaxValue });
        beyond.Should().Throw<ArgumentException>()
            .WithMessage("Class 0 has 20 examples, but 2147483647 support and 5 query examples are to be drawn.*");

        var none = () => new TransferSampler(Twelve, new TransferSamplerOptions { Classes = 2, QueryExamples = 0 });
        none.Should().Throw<ArgumentException>().WithMessage("*QueryExamples*");

        var negative = () => Sampler(1).Draw(-1);
        negative.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static TransferSampler Sampler(ulong seed, int classes = 6, int support = 15) =>
        new(Twelve, new TransferSamplerOptions { Classes = classes, SupportExamples = support, Seed = seed });
}
