using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Initializers;

/// <summary>How embeddings begin, and how a later registered layer is told.</summary>
public sealed class EmbeddingDefaultTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void An_embedding_is_drawn_from_the_standard_normal_as_it_is_built()
    {
        var embedding = Embedding(1000, 50);
        var net = Sequential(("words", embedding), ("head", Linear(50, 3)));
        var built = Moments(embedding.weight!);

        ZapScheduler.ResetNow(net, [], new FullResetPolicy());

        foreach (var (mean, std) in new[] { built, Moments(embedding.weight!) })
        {
            mean.Should().BeApproximately(0, 5 / Math.Sqrt(50_000)); // five standard errors
            std.Should().BeApproximately(1, 5 / Math.Sqrt(2 * 50_000));
        }
    }

    [Fact]
    public void A_row_of_padding_stays_0_and_a_row_with_a_single_0_does_not()
    {
        var embedding = Embedding(4, 3, padding_idx: 2);
        using (no_grad())
        {
            embedding.weight![1, 0].zero_();
        }

        ZapScheduler.ResetNow(Sequential(("words", embedding)), [], new FullResetPolicy());

        embedding.weight!.ne(0).sum(1).data<long>().ToArray().Should().Equal(3, 3, 0, 3);
    }

    [Theory]
    [InlineData(false, new long[] { 1, 1, 0, 1 })] // entries 0, 3, 6 and 9: the first column
    [InlineData(true, new long[] { 0, 1, 0, 0 })] // row 1 alone
    public void Parts_of_an_embedding_are_drawn_too(bool rows, long[] changed)
    {
        var embedding = Embedding(4, 3, padding_idx: 2);
        var net = Sequential(("words", embedding));
        var before = embedding.weight!.clone();
        var slice = rows ? ParameterSlice.Rows(1, 2) : ParameterSlice.Entries(0, 3, 6, 9);

        Nets.Scheduler(net, WritePolicy.Of(() => embedding.weight!, slice, LayerDefaults.InitializerOf(embedding, "weight")!)).Signal(BoundaryKind.ClassBoundary);

        embedding.weight!.ne(before).any(1).to(ScalarType.Int64).data<long>().ToArray().Should().Equal(changed);
    }

    [Fact]
    public void A_layer_that_was_registered_after_the_optimizer_was_made_is_told_with_the_way_out()
    {
        var net = new Growing();
        using var optimizer = optim.SGD(net.parameters(), 0.1, momentum: 0.9);
        net.Grow();

        FluentActions.Invoking(() => ZapScheduler.ResetNow(net, [optimizer], new ZapPolicy(new ZapOptions { Head = HeadSelector.ByName("later"), Units = UnitSelection.All })))
            .Should().Throw<InvalidOperationException>().WithMessage("*registered later*make the optimizer afterwards.");
    }

    private static (double Mean, double Std) Moments(Tensor weight)
    {
        var values = weight.detach().to(ScalarType.Float64);
        return (values.mean().item<double>(), values.std().item<double>());
    }

    private sealed class Growing : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _first = Linear(2, 3);

        public Growing()
            : base(nameof(Growing)) => register_module("first", _first);

        public void Grow() => register_module("later", Linear(3, 2));

        public override Tensor forward(Tensor input) => _first.call(input);
    }
}
