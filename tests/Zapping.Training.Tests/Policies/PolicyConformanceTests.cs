using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Conformance;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies;

/// <summary>The suite refuses, by each of its checks, a policy that is wrong in one way, and says where.</summary>
public sealed class PolicyConformanceTests
{
    private static readonly string[] Types = ["Float32", "Float64", "Float16", "BFloat16"];

    /// <summary>Checks, each with a policy that only differs from a right one in what the check is about, and the words of the refusal.</summary>
    private static readonly (string Check, string Words, Func<nn.Module<Tensor, Tensor>, OptimizerStateReset, IResetPolicy> Policy)[] Wrong =
    [
        .. Types.SelectMany(type => new[]
        {
            Case($"ChosenEntriesChange({type})", "*'head.weight', row 2, column 0: stayed*", (context, state) => Reset(context, state, 3)),
            Case($"ChosenEntriesChange({type})", "*'head.weight', row 3, column 0: changed from*", (context, state) => Reset(context, state, 2, 3)),
            Case($"ChosenEntriesChange({type})", "*'head.bias', row 2, column 0: stayed*", (context, state) => context.Reset(context.Parameter("head.weight"), Row2, Normal, state)),
            ($"ChosenEntriesChange({type})", "*'body.bias', row 0, column 0: changed before the reset*", (model, state) =>
            {
                Overwrite(model.get_parameter("body.bias")!);
                return new WritePolicy(context => Reset(context, state, 2));
            }),
            Case($"ParametersStayThemselves({type})", "*'head.weight': was*", (context, state) =>
            {
                Reset(context, state, 2);
                context.OnWritten(() => Nets.HeadOf(context.Model).weight = new Parameter(context.Parameter("head.weight").detach().clone().DetachFromDisposeScope()));
            }),
            Case($"ParametersStayThemselves({type})", "*'head.bias': was*", (context, state) =>
            {
                Reset(context, state, 2);
                context.OnWritten(() => context.Parameter("head.bias").requires_grad = true); // seen of a frozen one alone
            }),
        }),
        Case("NothingOutsideThePlanIsWritten", "*'head.bias', row 2, column 0: changed while Apply ran*", (context, state) =>
        {
            Reset(context, state, 2);
            Overwrite(context.Parameter("head.bias"), row: 2);
        }),
        Case("NothingOutsideThePlanIsWritten", "*'head.bias', row 0, column 0: changed after the plan*", (context, state) =>
        {
            Reset(context, state, 2);
            context.OnWritten(() => Overwrite(context.Parameter("head.bias")));
        }),
        ("NothingOutsideThePlanIsWritten", "*'state resets', row 0, column 0: changed while Apply ran*", (_, state) => new Counting(state) { Early = true }),
        Case("SameSeedSameBits", "*'head.weight', row 2, column 0: differs*", (context, state) => Reset(context, state, GlobalRandom, 2)),
        Case("OtherSeedOtherBits", "*'head.weight': has the same bits with another seed*", (context, state) => Reset(context, state, Initializer.Zeros(), 2)),
        Case("OtherOrdinalOtherBits", "*'head.weight': has the same bits with another ordinal*", (context, state) => Reset(context, state, Initializer.Zeros(), 2)),
        ("RestoredSchedulerContinues", "*'head.weight', row 2, column 0: differs after a restore*", (_, state) => new Counting(state) { Field = true }),
        ("CheckpointContinues", "*'head.weight', row 2, column 0: differs after a resume*", (_, state) => new Counting(state) { Field = true }),
        ("CheckpointContinues", "*'state resets', row 0, column 0: is not restored*", (_, state) => new Counting(state) { Copies = true }),
        ("StateIsLiving", "*'resets': State gives other tensors*", (_, state) => new Counting(state) { Copies = true }),
        ("StateIsLiving", "*'resets': State has two tensors*", (_, state) => new Counting(state) { Twice = true }),
        Case("OptimizerStateAsAsked(Keep)", "*'head.weight: exp_avg', row 2, column 0: Keep was asked for*", (context, _) => Reset(context, OptimizerStateReset.Slice, 2)),
        Case("OptimizerStateAsAsked(Slice)", "*'head.weight: exp_avg', row 2, column 0: Slice was asked for*", (context, _) => Reset(context, OptimizerStateReset.Keep, 2)),
        Case("OptimizerStateAsAsked(Parameter)", "*'head.weight: exp_avg', row 0, column 0: Parameter was asked for*", (context, _) => Reset(context, OptimizerStateReset.Slice, 2)),
        Case("RefusedResetChangesNothing", "*'head.bias', row 2, column 0: changed although the write of a later rewrite was refused*", (context, state) =>
        {
            Reset(context, state, 2);
            Overwrite(context.Parameter("head.bias"), row: 2);
        }),
        ("RefusedResetChangesNothing", "*'state resets', row 0, column 0: changed although*", (_, state) => new Counting(state) { Early = true }),
        ("FailedApplyChangesNothing", "*'state resets', row 0, column 0: changed although the write of 'head.weight' was refused*", (_, state) => new Counting(state) { Early = true }),
        ("FailedApplyChangesNothing", "*'head.weight', row 2, column 0: differs from a first reset after one that failed*", (_, state) => new Counting(state) { Field = true }),
        Case("FailedApplyChangesNothing", "*'head.weight' is refused, but no exception came out*", (context, state) =>
        {
            try
            {
                Reset(context, state, 2);
            }
            catch (InvalidOperationException)
            {
                // as a policy must not
            }
        }),
    ];

    private static Initializer Normal => Initializer.KaimingNormal();

    private static ParameterSlice Row2 => ParameterSlice.Rows(2);

    private static Initializer GlobalRandom => new GivenRewriter(target => target.Values.normal_());

    public static TheoryData<int, string> WrongPolicies => [.. Wrong.Select((wrong, number) => (number, wrong.Check))];

    [Theory]
    [MemberData(nameof(WrongPolicies))]
    public void A_wrong_policy_is_refused_with_its_place(int number, string check)
    {
        var (_, words, policy) = Wrong[number];
        var suite = new Suite(policy);

        var failure = suite.Invoking(s => s.Check(check)).Should().Throw<PolicyConformanceException>().WithMessage($"*{check}*").WithMessage(words).Which;

        failure.Check.Should().Be(check);
        (failure.Row is not null).Should().Be(words.Contains("row", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_check_has_a_policy_that_it_refuses() => Wrong.Select(wrong => wrong.Check).Distinct(StringComparer.Ordinal).Should().BeEquivalentTo(PolicyConformance.Checks);

    [Fact]
    public void The_right_policies_that_the_wrong_ones_are_made_of_pass()
    {
        new Suite((_, state) => new WritePolicy(context => Reset(context, state, 2))).CheckAll();
        new Suite((_, state) => new Counting(state)).CheckAll();
        new Suite((_, state) => new WritePolicy(context => Reset(context, state, new FlipSigns(), 2)), random: null).CheckAll();
    }

    [Theory]
    [InlineData("OtherSeedOtherBits")]
    [InlineData("OtherOrdinalOtherBits")]
    public void A_random_policy_that_is_said_not_to_be_is_refused(string check) =>
        new Suite((_, state) => new WritePolicy(context => Reset(context, state, 2)), random: null).Invoking(s => s.Check(check))
            .Should().Throw<PolicyConformanceException>().WithMessage("*'head.weight', row 2, column 0: depends on the *, although RandomParameter is null*");

    [Fact]
    public void All_failures_are_told_at_once()
    {
        var suite = new Suite((_, state) => new WritePolicy(context => Reset(context, state, Initializer.Zeros(), 3)));

        var failure = suite.Invoking(s => s.CheckAll()).Should().Throw<PolicyConformanceException>().Which;

        failure.Failures.Select(f => f.Check).Should().Contain([.. Types.Select(type => $"ChosenEntriesChange({type})"), "OtherSeedOtherBits", "OtherOrdinalOtherBits"]);
        failure.Message.Split(Environment.NewLine).Should().HaveCount(failure.Failures.Count).And.OnlyContain(line => line.StartsWith("WritePolicy fails "));
        failure.Parameter.Should().Be("head.weight");
    }

    [Fact]
    public void What_a_policy_throws_is_told_with_the_check()
    {
        var suite = new Suite((_, _) => new WritePolicy(context => context.Parameter("tail.weight")));

        suite.Invoking(s => s.Check("SameSeedSameBits")).Should().Throw<PolicyConformanceException>()
            .WithMessage("WritePolicy fails SameSeedSameBits: an exception came out of it: ArgumentException: *no parameter 'tail.weight'*")
            .WithInnerException<ArgumentException>();
    }

    [Fact]
    public void An_unknown_check_is_refused_with_those_that_there_are() =>
        new ZapConformance().Invoking(s => s.Check("Speed")).Should().Throw<ArgumentException>().WithMessage("There is no check 'Speed'. There are: ChosenEntriesChange(Float32), *");

    [Fact]
    public void A_suite_that_names_no_entry_and_a_model_that_changes_are_refused()
    {
        new Suite((_, _) => new WritePolicy(_ => { }), writes: (_, _, _) => false).Invoking(s => s.Check("ChosenEntriesChange(Float32)"))
            .Should().Throw<PolicyConformanceException>().WithMessage("*Writes names no entry*");
        ulong seed = 0;
        new Suite((_, state) => new WritePolicy(context => Reset(context, state, 2)), model: type => ConformanceModel.Create(type, seed++)).Invoking(s => s.Check("SameSeedSameBits"))
            .Should().Throw<PolicyConformanceException>().WithMessage("*'body.weight', row 0, column 0: CreateModel gave other values*");
    }

    [Fact]
    public void A_model_of_ones_own_with_buffers_and_convolutions_is_checked_entry_by_entry()
    {
        var suite = new Suite(
            (_, state) => new WritePolicy(context =>
            {
                context.Reset(context.Parameter("conv.weight"), ParameterSlice.Rows(1), Normal, state);
                context.ResetBuffer(context.Modules().Single(m => m.Name == "norm").Module, "running_mean", ParameterSlice.Rows(1), 0);
            }),
            random: "conv.weight",
            writes: (name, row, column) => row == 1 && (name == "norm.running_mean" || (name == "conv.weight" && column < 2 * 3 * 3)),
            model: Convolutional);

        suite.CheckAll();

        static nn.Module<Tensor, Tensor> Convolutional(ScalarType type)
        {
            var model = nn.Sequential(("conv", nn.Conv2d(2, 3, 3)), ("norm", nn.BatchNorm2d(3)));
            using var noGrad = no_grad();
            using var generator = new Generator(4);
            foreach (var tensor in model.parameters().Concat(model.buffers().Where(buffer => buffer.is_floating_point())))
            {
                tensor.normal_(0, 0.5, generator);
            }

            return model.to(type);
        }
    }

    private static (string, string, Func<nn.Module<Tensor, Tensor>, OptimizerStateReset, IResetPolicy>) Case(string check, string words, Action<ResetContext, OptimizerStateReset> apply) =>
        (check, words, (_, state) => new WritePolicy(context => apply(context, state)));

    private static void Reset(ResetContext context, OptimizerStateReset state, params int[] rows) => Reset(context, state, Normal, rows);

    /// <summary>What is right with row 2.</summary>
    private static void Reset(ResetContext context, OptimizerStateReset state, Initializer weights, params int[] rows)
    {
        context.Reset(context.Parameter("head.weight"), ParameterSlice.Rows(rows), weights, state);
        context.Reset(context.Parameter("head.bias"), ParameterSlice.Rows(rows), weights is DistributionInitializer ? Initializer.LayerDefault(5) : weights, state);
    }

    private static void Overwrite(Tensor parameter, int row = 0)
    {
        using var noGrad = no_grad();
        using var entry = parameter.narrow(0, row, 1);
        entry.fill_(9);
    }

    private sealed class Suite(
        Func<nn.Module<Tensor, Tensor>, OptimizerStateReset, IResetPolicy> policy,
        string? random = "head.weight",
        Func<string, int, int, bool>? writes = null,
        Func<ScalarType, nn.Module<Tensor, Tensor>>? model = null) : PolicyConformance
    {
        protected override string? RandomParameter => random;

        protected override IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) => policy(model, optimizerState);

        protected override nn.Module<Tensor, Tensor> CreateModel(ScalarType type) => model?.Invoke(type) ?? base.CreateModel(type);

        protected override bool Writes(string parameter, int row, int column) =>
            writes?.Invoke(parameter, row, column) ?? (parameter.StartsWith("head", StringComparison.Ordinal) && row == 2);
    }

    private sealed class FlipSigns : Initializer
    {
        public override bool NeedsCurrentValues => true;

        public override void Write(InitializerContext target) => target.Values.neg_();
    }

    /// <summary>Remembers how many resets there have been, which the new values depend on; as it should, or not.</summary>
    private sealed class Counting(OptimizerStateReset state) : IStatefulResetPolicy, IDisposable
    {
        private readonly Tensor _resets = zeros(1).DetachFromDisposeScope();
        private int _field;

        public bool Early { get; init; }

        public bool Field { get; init; }

        public bool Copies { get; init; }

        public bool Twice { get; init; }

        public IReadOnlyList<KeyValuePair<string, Tensor>> State =>
            [.. Enumerable.Repeat(KeyValuePair.Create("resets", Copies ? _resets.clone() : _resets), Twice ? 2 : 1)];

        public void Apply(ResetContext context)
        {
            var count = Field ? _field++ : _resets.item<float>();
            var weights = new GivenRewriter(target => target.Noise.Normal(target.Values, mean: count));
            if (Early)
            {
                _resets.add_(1);
            }

            Reset(context, state, weights, 2);
            if (!Early)
            {
                context.OnWritten(() => _resets.add_(1));
            }
        }

        public void Dispose() => _resets.Dispose();
    }
}
