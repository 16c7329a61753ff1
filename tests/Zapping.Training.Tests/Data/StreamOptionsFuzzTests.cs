using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Data;

/// <summary>Samplers and sources of any options: they draw what they are asked for, or refuse by name.</summary>
public sealed class StreamOptionsFuzzTests
{
    private const int Images = 12;
    private const int Classes = 3;

    [Fact]
    public void Episodes() => Gen.Select(
        Odd.Counts, Odd.Enums<InnerExampleSource>(), Odd.Enums<Oversampling>(), Odd.Ints, Gen.Bool, Odd.Counts, Odd.Longs).Sample(
        (inner, source, rule, remember, only, validation, index) =>
        {
            using var scope = NewDisposeScope();
            var data = Data();
            var options = new EpisodeOptions
            {
                InnerExamples = inner,
                InnerSource = source,
                Oversampling = rule,
                RememberExamples = remember,
                RememberOnly = only,
                ValidationExamples = validation,
            };
            (string, bool)[] values =
            [
                ("InnerExamples", inner > 0), ("InnerSource", Enum.IsDefined(source)), ("Oversampling", Enum.IsDefined(rule)),
                ("RememberExamples", remember >= 0), ("ValidationExamples", validation >= 0),
            ];
            var valid = values.All(rule => rule.Item2);
            var sampler = Odd.Made(
                () => new EpisodeSampler(data, options, seed: 4, validation: data),
                valid ? [("options", Enough(inner, source, remember) && !(only && remember == 0))] : values);
            if (sampler is null || Odd.Made(() => sampler.Episode(index), ("index", index >= 0)) is not { } episode)
            {
                return;
            }

            episode.Inner.Labels.size(0).Should().Be(inner);
            episode.Remember.Labels.size(0).Should().Be(remember);
            episode.Outer.Labels.size(0).Should().Be(only ? remember : inner + remember);
            (episode.Validation?.Labels.size(0) ?? 0).Should().Be(validation);
        },
        iter: Fuzz.Iterations(500));

    [Fact]
    public void Transfer_draws() => Gen.Select(Odd.Ints, Odd.Ints, Odd.Ints, Odd.Ints, Odd.Ints.Array[0, 4]).Sample(
        (classes, support, query, trial, examples) =>
        {
            (string, bool)[] values = [("Classes", classes > 0), ("SupportExamples", support > 0), ("QueryExamples", query > 0)];
            var needed = (long)support + query;
            var sampler = Odd.Made(
                () => new TransferSampler(examples, new() { Classes = classes, SupportExamples = support, QueryExamples = query }),
                values.All(rule => rule.Item2) ? [("examplesOfClass", examples.Length >= classes && examples.All(count => count >= needed))] : values);
            if (sampler is null || examples.Contains(int.MaxValue))
            {
                return; // a shuffle of two milliards of examples takes its time and memory
            }

            var draw = Odd.Made(() => sampler.Draw(trial), ("trial", trial >= 0));
            draw?.Classes.Should().HaveCount(classes).And.OnlyHaveUniqueItems();
            draw?.Support.Zip(draw.Query).Should().OnlyContain(pair => pair.First.Concat(pair.Second).Distinct().Count() == needed);
        },
        iter: Fuzz.Iterations(2_000));

    [Fact]
    public void Shuffled_batches_and_those_made_beforehand() => Gen.Select(Odd.Ints, Odd.Ints, Odd.Longs, Odd.Longs).Sample(
        (size, ahead, epoch, first) =>
        {
            using var scope = NewDisposeScope();
            var data = Data();
            var source = Odd.Made(() => new ShuffledBatches(data.Inputs, data.Labels, size, seed: 1), ("batchSize", size > 0));
            if (source is null || Odd.Made(() => source.Prefetch(CPU, ahead), ("ahead", ahead > 0)) is not { } prefetched)
            {
                return;
            }

            var perEpoch = (long)Math.Ceiling(Images / (double)size);
            prefetched.BatchesPerEpoch.Should().Be(perEpoch);
            foreach (var batches in new[] { source, prefetched })
            {
                var counts = Odd.Made(
                    () => batches.Epoch(epoch, first).Select(batch => (int)batch.Labels.size(0)).ToList(), ("epoch", epoch >= 0), ("firstBatch", first >= 0 || epoch < 0));
                counts?.Should().HaveCount((int)Math.Max(0, perEpoch - first));
                counts?.Sum().Should().Be((int)Math.Max(0, Images - (decimal)first * size));
            }
        },
        iter: Fuzz.Iterations(500));

    private static bool Enough(int inner, InnerExampleSource source, int remember) =>
        remember <= Images && (source != InnerExampleSource.AllClasses || inner <= Images);

    private static LabeledBatch Data() => new(arange(Images, ScalarType.Float32), arange(Images, ScalarType.Int64).remainder(Classes));
}
