using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Data;

/// <summary>The published sampling rules, as properties. Each image's input is its own number, so draws can be read off.</summary>
public sealed class EpisodeSamplerTests
{
    private static readonly Gen<(int Classes, int PerClass, int Inner, int Remember, ulong Seed, long Index)> Any = Gen.Select(
        Gen.Int[1, 6], Gen.Int[1, 25], Gen.Int[1, 30], Gen.Int[0, 20], Gen.ULong, Gen.Long[0, 1_000_000]);

    [Fact]
    public void An_episode_has_one_class_its_inner_images_and_distinct_remember_images() => Any.Sample(
        g =>
        {
            using var scope = NewDisposeScope();
            var remember = Math.Min(g.Remember, g.Classes * g.PerClass);
            var sampler = new EpisodeSampler(Data(g.Classes, g.PerClass), new EpisodeOptions { InnerExamples = g.Inner, RememberExamples = remember }, g.Seed);
            var episode = sampler.Episode(g.Index);
            var inner = Numbers(episode.Inner);
            sampler.Classes.Should().Contain(episode.ClassId);
            inner.Should().HaveCount(g.Inner).And.OnlyContain(image => image / g.PerClass == episode.ClassId);
            Labels(episode.Inner).Should().AllBeEquivalentTo((long)episode.ClassId);
            Numbers(episode.Remember).Should().HaveCount(remember).And.OnlyHaveUniqueItems();
            Labels(episode.Remember).Should().Equal(Numbers(episode.Remember).Select(image => (long)(image / g.PerClass)));
            Numbers(episode.Outer).Should().Equal(inner.Concat(Numbers(episode.Remember)));
            Labels(episode.Outer).Should().Equal(Labels(episode.Inner).Concat(Labels(episode.Remember)));

            var times = inner.CountBy(image => image).Select(pair => pair.Value).ToList();
            (times.Max() - (times.Count == g.PerClass ? times.Min() : 0)).Should().BeLessThanOrEqualTo(1, "permutations are repeated");
        },
        iter: 200);

    [Fact]
    public void As_published_a_class_with_too_few_images_is_drawn_from_with_replacement_and_no_other()
    {
        using var scope = NewDisposeScope();
        var options = new EpisodeOptions { InnerExamples = 20, RememberExamples = 0, Oversampling = Oversampling.DrawWithReplacement };
        var few = new EpisodeSampler(Data(3, 15), options, seed: 1);
        var enough = new EpisodeSampler(Data(3, 20), options, seed: 1);
        var distinct = Enumerable.Range(0, 300).Select(i => Numbers(few.Episode(i).Inner).Distinct().Count()).ToList();
        distinct.Average().Should().BeApproximately(15 * (1 - Math.Pow(14.0 / 15, 20)), 0.3, "that many of 15 come up in 20 draws");
        Enumerable.Range(0, 50).Should().OnlyContain(i => Numbers(enough.Episode(i).Inner).Distinct().Count() == 20);
    }

    [Fact]
    public void Inner_images_of_all_classes_are_distinct_and_still_come_with_a_class()
    {
        using var scope = NewDisposeScope();
        var sampler = new EpisodeSampler(Data(5, 6), new EpisodeOptions { InnerSource = InnerExampleSource.AllClasses, RememberExamples = 4 }, seed: 3);
        var episodes = Enumerable.Range(0, 200).Select(i => sampler.Episode(i)).ToList();
        episodes.Should().OnlyContain(e => Numbers(e.Inner).Distinct().Count() == 20);
        episodes.SelectMany(e => Labels(e.Inner)).Distinct().Should().HaveCount(5);
        episodes.Select(e => e.ClassId).Distinct().Should().HaveCount(5);
    }

    [Fact]
    public void The_outer_batch_can_be_the_remember_images_alone()
    {
        using var scope = NewDisposeScope();
        var episode = new EpisodeSampler(Data(3, 10), new EpisodeOptions { RememberExamples = 7, RememberOnly = true }).Episode(0);
        Numbers(episode.Outer).Should().Equal(Numbers(episode.Remember)).And.HaveCount(7);
    }

    [Fact]
    public void Classes_and_remember_images_are_drawn_uniformly()
    {
        using var scope = NewDisposeScope();
        var sampler = new EpisodeSampler(Data(5, 4), new EpisodeOptions { InnerExamples = 1, RememberExamples = 5 }, seed: 9);
        var classes = new int[5];
        var images = new int[20];
        var first = new int[20];
        const int Draws = 4000;
        for (var index = 0; index < Draws; index++)
        {
            using var inner = NewDisposeScope();
            var episode = sampler.Episode(index);
            classes[episode.ClassId]++;
            var remembered = Numbers(episode.Remember);
            first[remembered[0]]++;
            foreach (var image in remembered)
            {
                images[image]++;
            }
        }

        ChiSquare(classes, Draws / 5.0).Should().BeLessThan(18.5, "0.1 % of uniform draws have more, 4 degrees of freedom");
        ChiSquare(first, Draws / 20.0).Should().BeLessThan(43.8, "0.1 %, 19 degrees of freedom");
        ChiSquare(images, Draws * 5 / 20.0).Should().BeLessThan(43.8);
    }

    [Fact]
    public void Draws_are_a_function_of_seed_and_episode_and_purposes_do_not_disturb_each_other()
    {
        using var scope = NewDisposeScope();
        var data = Data(4, 10);
        var plain = new EpisodeSampler(data, new EpisodeOptions { RememberExamples = 8 }, seed: 5);
        var more = new EpisodeSampler(data, new EpisodeOptions { RememberExamples = 8, ValidationExamples = 9, InnerExamples = 13 }, seed: 5, validation: Data(4, 2));
        var other = new EpisodeSampler(data, new EpisodeOptions { RememberExamples = 8 }, seed: 6);
        for (var index = 0; index < 20; index++)
        {
            var episode = plain.Episode(index);
            Numbers(plain.Episode(index).Outer).Should().Equal(Numbers(episode.Outer));
            more.Episode(index).ClassId.Should().Be(episode.ClassId);
            Numbers(more.Episode(index).Remember).Should().Equal(Numbers(episode.Remember));
            Numbers(other.Episode(index).Remember).Should().NotEqual(Numbers(episode.Remember));
        }

        more.Episode(0).Validation!.Value.Labels.shape.Should().Equal(9);
    }

    [Fact]
    public void Class_ids_need_not_be_dense()
    {
        using var scope = NewDisposeScope();
        var batch = new LabeledBatch(arange(6).to(ScalarType.Float32).reshape(6, 1), tensor(new long[] { 40, 7, 7, 40, 900, 7 }));
        var sampler = new EpisodeSampler(batch, new EpisodeOptions { InnerExamples = 3, RememberExamples = 2 });
        sampler.Classes.Should().Equal(7, 40, 900);
        Enumerable.Range(0, 20).Select(i => sampler.Episode(i)).Should().OnlyContain(e => Labels(e.Inner).All(label => label == e.ClassId));
    }

    [Fact]
    public void Misuse_is_named()
    {
        using var scope = NewDisposeScope();
        var data = Data(3, 4);
        Making(new EpisodeOptions { RememberExamples = 13 }).Should().Throw<ArgumentException>().WithMessage("*13 images*12*");
        Making(new EpisodeOptions { RememberExamples = 1, InnerSource = InnerExampleSource.AllClasses }).Should().Throw<ArgumentException>().WithMessage("*20 images*12*");
        Making(new EpisodeOptions { RememberExamples = 0, RememberOnly = true }).Should().Throw<ArgumentException>();
        Making(new EpisodeOptions { RememberExamples = 1, ValidationExamples = 2 }).Should().Throw<ArgumentException>().WithMessage("*alidation*");
        Making(new EpisodeOptions { InnerExamples = 0 }).Should().Throw<ArgumentException>().WithMessage("*InnerExamples*");
        FluentActions.Invoking(() => new EpisodeSampler(data with { Labels = data.Labels.to(ScalarType.Float32) })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new EpisodeSampler(data with { Labels = zeros(5, ScalarType.Int64) })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new EpisodeSampler(data, new EpisodeOptions { RememberExamples = 1 }).Episode(-1)).Should().Throw<ArgumentOutOfRangeException>();

        Func<EpisodeSampler> Making(EpisodeOptions options) => () => new EpisodeSampler(data, options);
    }

    private static LabeledBatch Data(int classes, int perClass)
    {
        var numbers = arange(classes * perClass);
        return new LabeledBatch(numbers.to(ScalarType.Float32).reshape(-1, 1), numbers.div(perClass, RoundingMode.floor).to(ScalarType.Int64));
    }

    private static List<int> Numbers(LabeledBatch images) => [.. images.Inputs.reshape(-1).data<float>().Select(number => (int)number)];

    private static List<long> Labels(LabeledBatch images) => [.. images.Labels.data<long>()];

    private static double ChiSquare(int[] counts, double expected) => counts.Sum(count => (count - expected) * (count - expected) / expected);
}
