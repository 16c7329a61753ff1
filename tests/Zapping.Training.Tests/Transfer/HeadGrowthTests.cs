using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Heads;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Transfer;

/// <summary>A classifier of 8 units gets 11, and nobody has to be told.</summary>
[Collection(AloneCollection.Name)] // counts live tensors
public sealed class HeadGrowthTests : IDisposable
{
    private const int Units = Nets.Units;
    private const int More = 11;

    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, OptimizerHelper>> Others = new(StringComparer.Ordinal)
    {
        ["RMSProp"] = p => new RMSProp(p, 0.01, momentum: 0.9, centered: true),
        ["Adagrad"] = p => new Adagrad(p, 0.01, initial_accumulator_value: 0.25),
        ["Adadelta"] = p => optim.Adadelta(p),
        ["Adamax"] = p => optim.Adamax(p),
        ["NAdam"] = p => optim.NAdam(p),
        ["RAdam"] = p => optim.RAdam(p),
        ["ASGD"] = p => new ASGD(p),
        ["Rprop"] = p => new Rprop(p, 0.02),
    };

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Optimizers =>
        [.. FusedPairs.Names.SelectMany(name => new[] { name, "fused " + name }).Concat(Others.Keys)];

    // Decay moves the rows of a large head before they take part, which rows that come later cannot know.
    public static TheoryData<string> WithoutDecay =>
        [.. FusedPairs.Names.Where(name => !name.EndsWith("decay", StringComparison.Ordinal) && !name.EndsWith("all", StringComparison.Ordinal))
            .SelectMany(name => new[] { name, "fused " + name })];

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Old_units_go_on_to_say_the_same_to_the_last_bit()
    {
        // Multiples of 1/8 are added exactly, so the bits do not depend on how a kernel goes about it.
        using var head = Linear(16, Units);
        using (no_grad())
        {
            head.weight.copy_((head.weight * 64).round() / 8);
            head.bias!.copy_((head.bias * 64).round() / 8);
        }

        var inputs = (randn(5, 16) * 8).round() / 8;
        var before = Nets.Bits(head.call(inputs));
        HeadGrowth.Grow(head, HeadSelector.Single(), More, []).Should().Be(3);
        var outputs = head.call(inputs);
        outputs.shape.Should().Equal(5, More);
        Nets.Bits(outputs.narrow(1, 0, Units)).Should().Equal(before);
        head.out_features.Should().Be(More);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Parameters_stay_the_same_objects_and_old_rows_keep_their_bits(ScalarType type)
    {
        using var net = Nets.Small(type);
        var head = Nets.HeadOf(net);
        var (weight, bias) = (head.weight, head.bias!);
        var handles = (weight.Handle, bias.Handle);
        var before = Enumerable.Range(0, Units).Select(row => (Nets.RowBits(weight, row), Nets.RowBits(bias, row))).ToList();
        Grow(net, More);
        head.weight.Should().BeSameAs(weight);
        (weight.Handle, bias.Handle).Should().Be(handles);
        (weight.requires_grad, weight.is_leaf, weight.dtype).Should().Be((true, true, type));
        weight.shape.Should().Equal(More, Nets.Features);
        bias.shape.Should().Equal(More);
        for (var row = 0; row < Units; row++)
        {
            Nets.RowBits(weight, row).Should().Equal(before[row].Item1);
            Nets.RowBits(bias, row).Should().Equal(before[row].Item2);
        }

        bias.narrow(0, Units, 3).count_nonzero().item<long>().Should().Be(0);
        weight.narrow(0, Units, 3).count_nonzero().item<long>().Should().Be(15);
        Nets.Step(net, new SGD(net.parameters(), 0.1));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void What_an_optimizer_remembers_keeps_its_old_rows_and_begins_anew_in_new_ones(string name)
    {
        using var net = Nets.Small();
        using var optimizer = Make(name, net.parameters());
        Nets.Step(net, optimizer);
        Nets.Step(net, optimizer);
        var before = Memories(optimizer).Select(memory => (memory.Field, Bits: Nets.Bits(memory.Tensor))).ToList();
        HeadGrowth.Grow(net, Nets.Head, More, [optimizer]);
        var after = Memories(optimizer);
        after.Should().HaveCount(before.Count);
        foreach (var (then, now) in before.Zip(after))
        {
            var rows = now.Tensor.narrow(0, 0, now.Tensor.size(0) == More ? Units : now.Tensor.size(0));
            Nets.Bits(rows).Should().Equal(then.Bits, now.Field);
            if (now.Tensor.size(0) == More)
            {
                var initial = now.Field switch { "sum" => 0.25f, "step_size" => 0.02f, _ => 0 };
                now.Tensor.narrow(0, Units, 3).eq(initial).all().item<bool>().Should().BeTrue(now.Field);
            }
        }

        Nets.Step(net, optimizer);
    }

    [Theory]
    [MemberData(nameof(WithoutDecay))]
    public void Training_goes_on_as_with_a_head_that_was_large_from_the_start(string name)
    {
        using var net = Nets.Small(ScalarType.Float64);
        using var large = Nets.Small(ScalarType.Float64);
        HeadGrowth.Grow(large, Nets.Head, More, []);
        using var optimizer = Make(name, net.parameters());
        using var ofLarge = Make(name, large.parameters());
        for (var step = 0; step < 5; step++)
        {
            Step(net, optimizer, step, Units);
            Step(large, ofLarge, step, Units);
        }

        HeadGrowth.Grow(net, Nets.Head, More, [optimizer]);
        for (var step = 5; step < 10; step++)
        {
            Step(net, optimizer, step, More);
            Step(large, ofLarge, step, More);
        }

        foreach (var (one, other) in net.parameters().Zip(large.parameters()))
        {
            FusedPairs.Difference(one, other).Should().BeLessThan(1e-10);
        }
    }

    [Fact]
    public void A_gradient_that_waits_is_not_lost()
    {
        using var net = Nets.Small(ScalarType.Float64);
        using var twin = Nets.Small(ScalarType.Float64);
        using var optimizer = new FusedSgd(net.parameters(), 0.1);
        using var ofTwin = new FusedSgd(twin.parameters(), 0.1);
        net.call(ones([2, 6], ScalarType.Float64)).square().sum().backward();
        twin.call(ones([2, 6], ScalarType.Float64)).square().sum().backward();
        HeadGrowth.Grow(net, Nets.Head, More, [optimizer]);
        optimizer.step();
        ofTwin.step();
        var weight = Nets.HeadOf(net).weight;
        Nets.Bits(weight.narrow(0, 0, Units)).Should().Equal(Nets.Bits(Nets.HeadOf(twin).weight));
        weight.grad!.narrow(0, Units, 3).count_nonzero().item<long>().Should().Be(0);
    }

    [Fact]
    public void A_head_without_bias_and_a_convolution_grow_too()
    {
        using var noBias = Sequential(("head", Linear(5, Units, hasBias: false)));
        Grow(noBias, More);
        noBias.call(ones(2, 5)).shape.Should().Equal(2, More);

        using var net = Sequential(("body", Conv2d(3, 4, 3)), ("head", Conv2d(4, Units, 1)));
        using var optimizer = new FusedAdam(net.parameters());
        net.call(ones(2, 3, 5, 5)).sum().backward();
        optimizer.step();
        optimizer.zero_grad();
        var before = Nets.Bits(net.parameters().ElementAt(2));
        HeadGrowth.Grow(net, Nets.Head, More, [optimizer]);
        var weight = net.parameters().ElementAt(2);
        weight.shape.Should().Equal(More, 4, 1, 1);
        Nets.Bits(weight.narrow(0, 0, Units)).Should().Equal(before);
        var outputs = net.call(ones(2, 3, 5, 5));
        outputs.shape.Should().Equal(2, More, 3, 3);
        outputs.sum().backward();
        optimizer.step();
    }

    [Fact]
    public void A_trainer_goes_on_and_zaps_new_rows()
    {
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters());
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(every: BoundaryKind.ClassBoundary, options =>
        {
            options.Head = Nets.Head;
            options.OptimizerState = OptimizerStateReset.Slice;
        });
        trainer.BeginClass(2);
        trainer.TrainStep(ones(4, 6), full([4], 2, ScalarType.Int64));
        HeadGrowth.Grow(net, Nets.Head, More, [optimizer]);
        trainer.TrainStep(ones(4, 6), full([4], 9, ScalarType.Int64));
        var weight = Nets.HeadOf(net).weight;
        var moments = ((Adam.State)optimizer.state_dict().State[2]).exp_avg;
        var before = Enumerable.Range(0, More).Select(row => Nets.RowBits(weight, row)).ToList();
        moments[9].count_nonzero().item<long>().Should().BePositive();
        trainer.BeginClass(9);
        for (var row = 0; row < More; row++)
        {
            Nets.RowBits(weight, row).SequenceEqual(before[row]).Should().Be(row != 9);
        }

        moments[9].count_nonzero().item<long>().Should().Be(0);
        moments[2].count_nonzero().item<long>().Should().BePositive();
        trainer.Invoking(t => t.BeginClass(More)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_checkpoint_of_a_grown_head_is_for_a_head_of_that_size()
    {
        var folder = Directory.CreateTempSubdirectory("zapping-growth-");
        try
        {
            using var store = new CheckpointStore(folder.FullName);
            using var net = Nets.Small();
            using var optimizer = new FusedAdam(net.parameters());
            using var trainer = new ContinualTrainer(net, optimizer);
            trainer.TrainStep(ones(4, 6), full([4], 2, ScalarType.Int64));
            HeadGrowth.Grow(net, Nets.Head, More, [optimizer]);
            trainer.TrainStep(ones(4, 6), full([4], 9, ScalarType.Int64));
            store.Save(trainer);

            using var again = Nets.Small(seed: 9);
            using var ofAgain = new FusedAdam(again.parameters());
            using var resumed = new ContinualTrainer(again, ofAgain);
            store.Invoking(s => s.Resume(resumed)).Should().Throw<CheckpointException>();
            HeadGrowth.Grow(again, Nets.Head, More, [ofAgain]);
            store.Resume(resumed);
            Nets.Bits(again).Should().BeEquivalentTo(Nets.Bits(net));
            Memories(ofAgain).Select(memory => Nets.Bits(memory.Tensor)).Should()
                .BeEquivalentTo(Memories(optimizer).Select(memory => Nets.Bits(memory.Tensor)), o => o.WithStrictOrdering());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void New_rows_are_Kaiming_normal_and_a_function_of_seed_and_row()
    {
        var (one, again, other, inTwoGoes) = (Wide(), Wide(), Wide(), Wide());
        HeadGrowth.Grow(one, HeadSelector.Single(), 52, [], new HeadGrowthOptions { Seed = 3 });
        HeadGrowth.Grow(again, HeadSelector.Single(), 52, [], new HeadGrowthOptions { Seed = 3 });
        HeadGrowth.Grow(other, HeadSelector.Single(), 52, [], new HeadGrowthOptions { Seed = 4 });
        HeadGrowth.Grow(inTwoGoes, HeadSelector.Single(), 20, [], new HeadGrowthOptions { Seed = 3 });
        HeadGrowth.Grow(inTwoGoes, HeadSelector.Single(), 52, [], new HeadGrowthOptions { Seed = 3 });
        var rows = one.weight.narrow(0, 2, 50);
        Nets.Bits(again.weight.narrow(0, 2, 50)).Should().Equal(Nets.Bits(rows));
        Nets.Bits(inTwoGoes.weight.narrow(0, 2, 50)).Should().Equal(Nets.Bits(rows));
        Nets.Bits(other.weight.narrow(0, 2, 50)).Should().NotEqual(Nets.Bits(rows));
        Enumerable.Range(2, 50).Select(row => Convert.ToHexString(Nets.RowBits(one.weight, row))).Should().OnlyHaveUniqueItems();

        // 100,000 values: the standard error of the mean is 1e-4, that of the standard deviation 0.2 %.
        rows.mean().item<float>().Should().BeApproximately(0, 5e-4f);
        rows.std().item<float>().Should().BeApproximately(MathF.Sqrt(2f / 2000), 4e-4f);

        static Linear Wide() => Linear(2000, 2);
    }

    [Fact]
    public void Other_rewriters_serve_too()
    {
        using var net = Nets.Small();
        HeadGrowth.Grow(net, Nets.Head, More, [], new HeadGrowthOptions { Weights = Initializer.Constant(2), Bias = Initializer.LayerDefault(fanIn: 4) });
        var head = Nets.HeadOf(net);
        head.weight.narrow(0, Units, 3).eq(2).all().item<bool>().Should().BeTrue();
        var bias = head.bias!.narrow(0, Units, 3).data<float>().ToArray();
        bias.Should().OnlyContain(value => Math.Abs(value) <= 0.5f).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void As_many_units_as_there_are_is_nothing_to_do()
    {
        using var net = Nets.Small();
        var before = Nets.Bits(net);
        HeadGrowth.Grow(net, Nets.Head, Units, []).Should().Be(0);
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Growing_leaves_no_tensors()
    {
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters());
        Nets.Step(net, optimizer);
        var before = LiveTensors.BeforeTest();
        for (var units = More; units < More + 20; units++)
        {
            HeadGrowth.Grow(net, Nets.Head, units, [optimizer]);
        }

        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void Fewer_units() => Refused<ArgumentOutOfRangeException>(
        "The classifier has 8 units; it can grow, but not shrink to 7.*", (net, optimizer) => HeadGrowth.Grow(net, Nets.Head, 7, [optimizer]));

    [Fact]
    public void An_optimizer_of_other_parameters() => Refused<InvalidOperationException>(
        "No optimizer holds the parameter 'head.weight'.*", (net, _) =>
        {
            using var other = new SGD([Nets.Small().parameters().First()], 0.1);
            HeadGrowth.Grow(net, Nets.Head, More, [other]);
        });

    [Fact]
    public void An_optimizer_whose_memory_is_out_of_reach() => Refused<NotSupportedException>(
        "What LBFGS remembers of 'head.weight' is in native code, out of reach,*", (net, optimizer) =>
        {
            using var native = optim.LBFGS(net.parameters());
            HeadGrowth.Grow(net, Nets.Head, More, [optimizer, native]);
        });

    [Fact]
    public void A_rewriter_that_needs_what_is_not_there() => Refused<ArgumentException>(
        "ShrinkAndPerturbInitializer needs current values, and new rows of 'head.weight' have none.*",
        (net, optimizer) => HeadGrowth.Grow(net, Nets.Head, More, [optimizer], new HeadGrowthOptions { Weights = Initializer.ShrinkAndPerturb() }));

    [Fact]
    public void A_rewriter_that_fails_on_the_last_row() => Refused<InvalidOperationException>("out of ink", (net, optimizer) =>
        HeadGrowth.Grow(net, Nets.Head, More, [optimizer], new HeadGrowthOptions
        {
            Bias = new GivenRewriter(target => _ = target.Slice.Indices[0] == More - 1 ? throw new InvalidOperationException("out of ink") : 0),
        }));

    [Fact]
    public void A_head_that_depends_on_a_boundary() => Refused<InvalidOperationException>(
        "The head of torch::nn::SequentialImpl is chosen PerBoundary, and here is no boundary to choose by.*",
        (net, optimizer) => HeadGrowth.Grow(net, HeadSelector.PerBoundary(_ => Nets.Head), More, [optimizer]));

    [Fact]
    public void Missing_arguments_and_options()
    {
        Refused<ArgumentNullException>("*model*", (_, optimizer) => HeadGrowth.Grow(null!, Nets.Head, More, [optimizer]));
        Refused<ArgumentNullException>("*head*", (net, optimizer) => HeadGrowth.Grow(net, null!, More, [optimizer]));
        Refused<ArgumentNullException>("*optimizers*", (net, _) => HeadGrowth.Grow(net, Nets.Head, More, null!));
        Refused<ArgumentException>("Invalid HeadGrowthOptions: The Weights field is required.*", (net, optimizer) =>
            HeadGrowth.Grow(net, Nets.Head, More, [optimizer], new HeadGrowthOptions { Weights = null! }));
    }

    [Fact]
    public void A_weight_that_another_layer_uses_and_a_grouped_convolution()
    {
        using var first = Linear(5, 5);
        using var second = Linear(5, 5);
        second.weight = first.weight;
        using var tied = Sequential(("first", first), ("head", second));
        tied.Invoking(net => Grow(net, More)).Should().Throw<InvalidOperationException>()
            .WithMessage("The parameter 'first.weight' is shared with 'head.weight', which would grow with it.");
        using var grouped = Sequential(("head", Conv2d(4, Units, 1, groups: 2)));
        grouped.Invoking(net => Grow(net, More)).Should().Throw<NotSupportedException>()
            .WithMessage("The convolution 'head' is in 2 groups, so it cannot grow.");
    }

    private static void Grow(Module net, int units) => HeadGrowth.Grow(net, Nets.Head, units, []);

    private static OptimizerHelper Make(string name, IEnumerable<Parameter> parameters) =>
        Others.TryGetValue(name, out var other) ? other(parameters)
        : name.StartsWith("fused ", StringComparison.Ordinal) ? FusedPairs.All[name["fused ".Length..]].Fused(parameters)
        : FusedPairs.All[name].Plain(parameters);

    private static List<(string Field, Tensor Tensor)> Memories(OptimizerHelper optimizer) =>
        [.. from state in optimizer.state_dict().State
            from field in state.GetType().GetFields()
            let value = field.GetValue(state) as Tensor
            where value is not null
            select (field.Name, value)];

    /// <summary>A step in which the first units alone take part.</summary>
    private static void Step(Module<Tensor, Tensor> net, optim.Optimizer optimizer, int index, int units)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)index);
        var inputs = randn([6, 6], ScalarType.Float64, generator: generator);
        var labels = randint(0, units, [6], generator: generator);
        optimizer.zero_grad();
        functional.cross_entropy(net.call(inputs).narrow(1, 0, units), labels).backward();
        optimizer.step();
    }

    private static void Refused<TException>(string message, Action<Sequential, FusedAdam> act)
        where TException : Exception
    {
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters());
        Nets.Step(net, optimizer);
        var before = Nets.Bits(net);
        var memories = Memories(optimizer).ConvertAll(memory => Nets.Bits(memory.Tensor));
        FluentActions.Invoking(() => act(net, optimizer)).Should().ThrowExactly<TException>().WithMessage(message);
        Nets.Bits(net).Should().BeEquivalentTo(before);
        Memories(optimizer).ConvertAll(memory => Nets.Bits(memory.Tensor)).Should().BeEquivalentTo(memories);
        Nets.HeadOf(net).out_features.Should().Be(Units);
        Nets.Step(net, optimizer);
    }
}
