using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.utils.data;

namespace Zapping.Training.Tests.Data;

/// <summary>Sources of what one has: rows by number, data sets, streams, plain iterators, batches of one's own type.</summary>
[Collection(AloneCollection.Name)] // counts live tensors
public sealed class BatchSourceTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly Tensor _inputs = randn(11, 6);
    private readonly Tensor _labels = randint(0, Nets.Units, [11]);

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("indices")]
    [InlineData("dataset")]
    [InlineData("plain iterator")]
    [InlineData("iterator that keeps a batch")]
    [InlineData("stream")]
    [InlineData("prefetched iterator")]
    [InlineData("prefetched dataset")]
    public void Training_on_it_has_the_bits_of_training_on_shuffled_batches(string kind)
    {
        using var dataset = new Rows(_inputs, _labels);
        IBatchSource source = kind switch
        {
            "indices" => BatchSource.FromIndices(11, 4, rows => new LabeledBatch(_inputs[tensor(rows.ToArray())], _labels[tensor(rows.ToArray())]), seed: 5),
            "dataset" => BatchSource.FromDataset(dataset, 4, seed: 5),
            "prefetched dataset" => BatchSource.FromDataset(dataset, 4, seed: 5).Prefetch(CPU),
            "stream" => BatchSource.FromStream(Stream(), batchesPerEpoch: 3),
            "prefetched iterator" => new Plain(this, keeps: false).Prefetch(CPU),
            _ => new Plain(this, keeps: kind != "plain iterator"),
        };

        Trained(source).Should().BeEquivalentTo(Trained(new ShuffledBatches(_inputs, _labels, 4, seed: 5)));
    }

    [Fact]
    public void A_stream_that_has_ended_is_said_and_makes_no_empty_epoch()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, sgd);

        trainer.Invoking(own => own.Fit(BatchSource.FromStream(Stream(), batchesPerEpoch: 5), epochs: 3)).Should().Throw<InvalidOperationException>().WithMessage("*stream has ended*epoch 2*");

        trainer.State.Steps.Should().Be(9);
    }

    [Fact]
    public void Numbers_of_examples_travel_with_their_batches()
    {
        using var dataset = new Rows(_inputs, _labels);
        foreach (var source in new[] { BatchSource.FromDataset(dataset, 4, seed: null), new ShuffledBatches(_inputs, _labels, 4), new ShuffledBatches(_inputs, _labels, 4).Prefetch(CPU) })
        {
            foreach (var batch in source.Epoch(1))
            {
                Nets.Bits(batch.Inputs).Should().Equal(Nets.Bits(_inputs.index_select(0, batch.Indices!)));
            }
        }

        BatchSource.FromDataset(dataset, 4, seed: null).Epoch(0).First().Indices!.data<long>().Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    public void A_row_without_the_named_key_says_what_it_has()
    {
        using var dataset = new Rows(_inputs, _labels);
        BatchSource.FromDataset(dataset, 4, inputs: "image").Epoch(0).Invoking(batches => batches.First()).Should().Throw<InvalidOperationException>().WithMessage("*no 'image'*'data', 'label'*");
    }

    [Fact]
    public void What_an_iterator_leaves_to_the_collector_is_freed()
    {
        var scoped = Left(() => new ShuffledBatches(_inputs, _labels, 4, seed: 5)); // what nets and optimizers leave to the test's own scope

        Left(() => new Plain(this, keeps: true)).Should().BeLessThan(scoped + 20, "ten runs make more than a hundred, and frames of the last one may still name some");

        long Left(Func<IBatchSource> source)
        {
            var before = LiveTensors.BeforeTest();
            for (var i = 0; i < 10; i++)
            {
                Trained(source());
            }

            return LiveTensors.BeforeTest() - before;
        }
    }

    [Fact]
    public void A_model_of_two_inputs_and_a_tuple_is_trained_in_parts_as_whole_and_can_be_prefetched()
    {
        var images = Enumerable.Range(0, 3).Select(_ => new Pair(randn(6, 4), randn(6, 2), randint(0, 3, [6]))).ToArray();
        var bits = new[] { "whole", "parts", "prefetched" }.Select(how =>
        {
            using var model = new TwoInputs();
            using var sgd = new FusedSgd(model.parameters(), 0.1);
            using var trainer = new ContinualTrainer<Pair>(
                model, sgd, batch => model.call(batch.Image, batch.Extra) is var (logits, _) ? new(functional.cross_entropy(logits, batch.Label), logits, batch.Label) : default);
            trainer.UseZapping(every: BoundaryKind.EpochBoundary, zap => zap.Head = "head");
            if (how == "parts")
            {
                trainer.UseGradientAccumulation(4);
            }

            IBatchSource<Pair> source = new Pairs(images);
            var summary = trainer.Fit(how == "prefetched" ? source.Prefetch(CPU) : source, epochs: 2);
            summary.Steps.Should().Be(6);
            summary.Examples.Should().Be(36);
            return model.parameters().SelectMany(parameter => parameter.data<float>().ToArray()).ToArray();
        }).ToList();

        bits[2].Should().Equal(bits[0]);
        bits[1].Zip(bits[0]).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-5);
    }

    private static Dictionary<string, byte[]> Trained(IBatchSource source)
    {
        using var net = Nets.Small();
        using var adam = new FusedAdam(net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(net, adam);
        trainer.Fit(source, epochs: 3).Steps.Should().Be(9);
        return Nets.Bits(net);
    }

    private async IAsyncEnumerable<LabeledBatch> Stream()
    {
        for (long epoch = 0; epoch < 3; epoch++)
        {
            foreach (var batch in new ShuffledBatches(_inputs, _labels, 4, seed: 5).Epoch(epoch))
            {
                await Task.Yield();
                yield return batch;
            }
        }
    }

    private sealed class Plain(BatchSourceTests owner, bool keeps) : IBatchSource
    {
        public long? BatchesPerEpoch => null;

        // As one would write it: what it makes before the first batch is used for all.
        public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0)
        {
            var order = tensor(RowOrder.Shuffled(5, epoch, 11));
            var (inputs, labels) = (owner._inputs[order], owner._labels[order]);
            var last = inputs.narrow(0, 8, 3);
            for (var batch = firstBatch; batch < 3; batch++)
            {
                var length = Math.Min(4, 11 - (4 * batch));
                yield return new LabeledBatch(keeps && batch == 2 ? last : inputs.narrow(0, 4 * batch, length), labels.narrow(0, 4 * batch, length));
            }
        }
    }

    private sealed class Rows(Tensor inputs, Tensor labels) : Dataset
    {
        public override long Count => inputs.size(0);

        public override Dictionary<string, Tensor> GetTensor(long index) => new(StringComparer.Ordinal) { ["data"] = inputs[index], ["label"] = labels[index].to(ScalarType.Int32) };
    }

    private sealed record Pair(Tensor Image, Tensor Extra, Tensor Label) : IBatch<Pair>
    {
        public long Count => Image.size(0);

        public Pair Map(Func<Tensor, Tensor> map) => new(map(Image), map(Extra), map(Label));
    }

    private sealed class Pairs(Pair[] batches) : IBatchSource<Pair>
    {
        public long? BatchesPerEpoch => batches.Length;

        public IEnumerable<Pair> Epoch(long epoch, long firstBatch = 0) => batches.Skip((int)firstBatch);
    }

    private sealed class TwoInputs : Module<Tensor, Tensor, (Tensor Logits, Tensor Features)>
    {
        private readonly TorchSharp.Modules.Linear _body = Linear(6, 5);
        private readonly TorchSharp.Modules.Linear head = Linear(5, 3);

        public TwoInputs()
            : base(nameof(TwoInputs))
        {
            RegisterComponents();
            using var noGrad = no_grad();
            using var generator = new Generator(3);
            foreach (var parameter in parameters())
            {
                parameter.normal_(0, 0.5, generator);
            }
        }

        public override (Tensor Logits, Tensor Features) forward(Tensor image, Tensor extra)
        {
            var features = _body.call(cat([image, extra], 1)).relu();
            return (head.call(features), features);
        }
    }
}
