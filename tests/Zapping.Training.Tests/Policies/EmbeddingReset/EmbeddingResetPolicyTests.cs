using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Policies.EmbeddingReset;

public sealed class EmbeddingResetPolicyTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void All_rows_but_the_padding_are_normal_values_with_a_deviation_of_0_02_and_adam_counts_anew()
    {
        using var net = new Words(padding: 3);
        using var optimizer = optim.Adam(net.parameters(), 1e-2);
        for (var step = 0; step < 5; step++)
        {
            net.Step(optimizer);
        }

        var (before, table) = (net.Out.weight.detach().clone(), net.Table.weight!.detach().clone());
        Nets.Scheduler(net, new EmbeddingResetPolicy(net), [optimizer], seed: 4).Signal(BoundaryKind.ClassBoundary);

        var after = net.Table.weight!.detach();
        after[3].count_nonzero().item<long>().Should().Be(0);
        var drawn = cat([after.narrow(0, 0, 3), after.narrow(0, 4, Words.Count - 4)]);
        drawn.eq(cat([table.narrow(0, 0, 3), table.narrow(0, 4, Words.Count - 4)])).any().item<bool>().Should().BeFalse();
        drawn.mean().item<float>().Should().BeApproximately(0, 0.001f, "of 6384 values, whose mean deviates by 0.00025");
        drawn.std().item<float>().Should().BeApproximately(0.02f, 0.001f, "that deviates by 0.00018");
        Nets.Bits(net.Out.weight).Should().Equal(Nets.Bits(before));
        var states = optimizer.state_dict().State.Cast<Adam.State>().ToList();
        states[0].step.Should().Be(0);
        states[0].exp_avg.count_nonzero().item<long>().Should().Be(0);
        states[0].exp_avg_sq.count_nonzero().item<long>().Should().Be(0);
        states[1].step.Should().Be(5, "the rest of the model keeps its own");
        states[1].exp_avg.count_nonzero().item<long>().Should().BePositive();
    }

    [Fact]
    public void The_row_that_is_said_to_be_padding_becomes_zero_and_no_other()
    {
        using var net = new Words(padding: 3);
        Nets.Scheduler(net, new EmbeddingResetPolicy(net, new() { PaddingRow = 5, Weights = Initializer.Constant(2) })).Signal(BoundaryKind.ClassBoundary);
        var values = net.Table.weight!.detach().mean([1]).data<float>().ToArray();
        values.Should().Equal(Enumerable.Range(0, Words.Count).Select(row => row == 5 ? 0f : 2));
    }

    [Fact]
    public void A_table_of_zeros_is_drawn()
    {
        using var net = new Words(padding: null);
        using (no_grad())
        {
            net.Table.weight!.zero_();
        }

        Nets.Scheduler(net, new EmbeddingResetPolicy(net)).Signal(BoundaryKind.ClassBoundary);
        net.Table.weight!.ne(0).any(1).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Embeddings_are_chosen_by_name_and_bags_are_too()
    {
        using var net = new Tables();
        List<string> Written(Func<string, bool> names)
        {
            var written = new List<string>();
            var scheduler = Nets.Scheduler(net, new EmbeddingResetPolicy(net, new() { Embeddings = names }));
            scheduler.ResetCompleted += report => written.AddRange(report.Parameters.Select(write => write.Parameter));
            scheduler.Signal(BoundaryKind.ClassBoundary);
            return written;
        }

        Written(_ => true).Should().Equal("first.weight", "second.weight", "bag.weight");
        Written(name => name == "second").Should().Equal("second.weight");
        FluentActions.Invoking(() => new EmbeddingResetPolicy(net, new() { Embeddings = name => name == "third" })).Should().Throw<ArgumentException>()
            .WithMessage("No embedding of the model is chosen: it has 'first', 'second', 'bag'. Modules of the types*");
        FluentActions.Invoking(() => new EmbeddingResetPolicy(net, new() { PaddingRow = 4 })).Should().Throw<ArgumentException>()
            .WithMessage("PaddingRow is 4, but 'first' has 4 rows.*");
        using var none = Nets.Small();
        FluentActions.Invoking(() => new EmbeddingResetPolicy(none)).Should().Throw<ArgumentException>().WithMessage("*it has none. Modules of the types*");
    }

    [Fact]
    public void A_weight_that_the_output_layer_has_too_is_refused_unless_that_is_allowed()
    {
        using var net = new Words(padding: null);
        net.Out.weight = net.Table.weight!;
        var before = Nets.Bits(net);
        net.Invoking(own => Nets.Scheduler(own, new EmbeddingResetPolicy(own)).Signal(BoundaryKind.ClassBoundary)).Should().Throw<InvalidOperationException>()
            .WithMessage("*shared with*EmbeddingResetOptions.AllowSharedWeights*");
        Nets.Bits(net).Should().BeEquivalentTo(before);

        Nets.Scheduler(net, new EmbeddingResetPolicy(net, new() { AllowSharedWeights = true, Weights = Initializer.Constant(1) })).Signal(BoundaryKind.ClassBoundary);
        net.Out.weight.eq(1).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void A_trainer_draws_at_every_period_and_every_bad_option_is_named()
    {
        using var net = new Words(padding: 0);
        using var optimizer = optim.Adam(net.parameters(), 1e-3);
        using var trainer = new ContinualTrainer<Tensor>(net, optimizer, words => functional.cross_entropy(net.call(words), words.flatten()))
            .UseEmbeddingReset(new ResetSchedule(BoundaryKind.StepBoundary) { Period = 3, SkipFirst = true });
        var steps = new List<long>();
        trainer.Schedulers.Single().ResetCompleted += report => steps.Add(report.Boundary.Index);
        for (var step = 0; step < 8; step++)
        {
            trainer.TrainStep(tensor([1L, 2, 3]));
        }

        steps.Should().Equal(3, 6);
        net.Invoking(own => new EmbeddingResetPolicy(own, new() { Embeddings = null!, Weights = null!, PaddingRow = -1, OptimizerState = (OptimizerStateReset)9 }))
            .Should().Throw<ArgumentException>().WithMessage("*Embeddings*Weights*PaddingRow*OptimizerState*");
    }

    /// <summary>An embedding of 400 words and a linear layer that tells which word it is.</summary>
    private sealed class Words : Module<Tensor, Tensor>
    {
        public const int Count = 400;

        public Words(long? padding)
            : base(nameof(Words))
        {
            Table = Embedding(Count, 16, padding_idx: padding);
            Out = Linear(16, Count);
            register_module("table", Table);
            register_module("out", Out);
        }

        public Embedding Table { get; }

        public Linear Out { get; }

        public override Tensor forward(Tensor words) => Out.call(Table.call(words));

        public void Step(optim.Optimizer optimizer)
        {
            optimizer.zero_grad();
            functional.cross_entropy(call(arange(Count, ScalarType.Int64)), arange(Count, ScalarType.Int64)).backward();
            optimizer.step();
        }
    }

    private sealed class Tables : Module<Tensor, Tensor>
    {
        public Tables()
            : base(nameof(Tables))
        {
            register_module("first", Embedding(4, 3));
            register_module("second", Embedding(4, 3));
            register_module("bag", EmbeddingBag(5, 2));
        }

        public override Tensor forward(Tensor input) => throw new NotSupportedException();
    }
}
