extern alias own;

using System.Reflection;
using System.Runtime.CompilerServices;
using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Conformance;
using Zapping.Training.Data;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Policies;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;
using Own = own::Zapping.Training;

namespace Zapping.Training.Tests.Policies;

/// <summary>
/// A policy of one's own is an equal of the built-in ones: tests/OwnPolicies compiles the same sources against what the library makes public, and its policies give
/// the same bits in the same way.
/// </summary>
public sealed class OwnPolicyTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Pair> Pairs = new(StringComparer.Ordinal)
    {
        ["zap"] = new(
            _ => new ZapPolicy(new() { Head = "head", Bias = BiasReset.Redraw, OptimizerState = OptimizerStateReset.Slice }),
            _ => new Own.ZapPolicy(new() { Head = "head", Bias = Own.BiasReset.Redraw, OptimizerState = OptimizerStateReset.Slice }),
            trainer => trainer.UseZapping(EpochBoundary, ZapOptions.Recommended with { Head = "head" }),
            trainer => Own.ZapTrainerExtensions.UseZapping(trainer, EpochBoundary, Own.ZapOptions.Recommended with { Head = "head" })),
        ["shrink and perturb"] = new(
            _ => new ShrinkAndPerturbPolicy(new() { OptimizerState = OptimizerStateReset.Parameter }),
            _ => new Own.ShrinkAndPerturbPolicy(new() { OptimizerState = OptimizerStateReset.Parameter }),
            trainer => trainer.UseShrinkAndPerturb(EpochBoundary),
            trainer => Own.ShrinkAndPerturbTrainerExtensions.UseShrinkAndPerturb(trainer, EpochBoundary)),
        ["ReDo"] = new(
            net => new ReDoPolicy(Graph(net), new() { SampleEvery = 1 }),
            net => new Own.ReDoPolicy(Graph(net), new() { SampleEvery = 1 }),
            trainer => trainer.UseReDo(Example, StepBoundary, options => options.Threshold = 0.7),
            trainer => Own.ReDoTrainerExtensions.UseReDo(trainer, Example, StepBoundary, options => options.Threshold = 0.7)),
        ["later layers"] = new(
            net => new LaterLayerForgettingPolicy(net, Example),
            net => new Own.LaterLayerForgettingPolicy(net, Example),
            trainer => trainer.UseLaterLayerForgetting(Example, EpochBoundary),
            trainer => Own.LaterLayerForgettingTrainerExtensions.UseLaterLayerForgetting(trainer, Example, EpochBoundary)),
        ["continual backpropagation"] = new(
            net => new ContinualBackpropPolicy(Graph(net), new() { MaturityThreshold = 0, ReplacementRate = 0.2 }),
            net => new Own.ContinualBackpropPolicy(Graph(net), new() { MaturityThreshold = 0, ReplacementRate = 0.2 }),
            trainer => trainer.UseContinualBackprop(Example, StepBoundary, options => (options.MaturityThreshold, options.ReplacementRate) = (1, 0.1)),
            trainer => Own.ContinualBackpropTrainerExtensions.UseContinualBackprop(
                trainer, Example, StepBoundary, options => (options.MaturityThreshold, options.ReplacementRate) = (1, 0.1))),
        ["selective weights"] = new(
            _ => new SelectiveWeightPolicy(new() { Utility = WeightUtility.Magnitude, Choice = WeightChoice.Proportional, Factor = 0.3 }),
            _ => new Own.Policies.SelectiveWeightPolicy(new() { Utility = Own.Policies.WeightUtility.Magnitude, Choice = Own.Policies.WeightChoice.Proportional, Factor = 0.3 }),
            trainer => trainer.UseSelectiveWeights(EpochBoundary, options => options.Factor = 0.5),
            trainer => Own.Policies.SelectiveWeightsTrainerExtensions.UseSelectiveWeights(trainer, EpochBoundary, options => options.Factor = 0.5)),
        ["self-normalized resets"] = new(
            net => new SelfNormalizedResetPolicy(Graph(net), new() { InitialSilence = 1 }),
            net => new Own.Policies.SelfNormalizedResetPolicy(Graph(net), new() { InitialSilence = 1 }),
            trainer => trainer.UseSelfNormalizedResets(Example, StepBoundary, options => options.InitialSilence = 1),
            trainer => Own.Policies.SelfNormalizedResetTrainerExtensions.UseSelfNormalizedResets(trainer, Example, StepBoundary, options => options.InitialSilence = 1)),
        ["ReGraMa"] = new(
            net => new ReGraMaPolicy(Graph(net), new() { Threshold = 0.9 }),
            net => new Own.Policies.ReGraMaPolicy(Graph(net), new() { Threshold = 0.9 }),
            trainer => trainer.UseReGraMa(Example, StepBoundary, options => options.Threshold = 0.9),
            trainer => Own.Policies.ReGraMaTrainerExtensions.UseReGraMa(trainer, Example, StepBoundary, options => options.Threshold = 0.9)),
        ["embeddings"] = new(
            net => new EmbeddingResetPolicy(net),
            net => new Own.Policies.EmbeddingResetPolicy(net),
            trainer => trainer.UseEmbeddingReset(EpochBoundary),
            trainer => Own.Policies.EmbeddingResetTrainerExtensions.UseEmbeddingReset(trainer, EpochBoundary))
        {
            Model = () => Nets.WithEmbedding(),
        },
    };

    public static MatrixTheoryData<string, string> PoliciesAndOptimizers => new(Pairs.Keys, ["SGD", "Adam"]);

    public static TheoryData<string> Policies => [.. Pairs.Keys];

    private static Tensor Example => ones(1, 6);

    [Fact]
    public void The_library_makes_nothing_internal_visible_to_them()
    {
        var friends = typeof(ZapScheduler).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName);
        friends.Should().BeEquivalentTo("Zapping.Training.Tests", "Zapping.Training.Benchmarks");
    }

    [Fact]
    public void Every_policy_of_the_library_is_compiled_there()
    {
        Names(typeof(Own.ZapPolicy).Assembly).Should().BeEquivalentTo(Names(typeof(ZapPolicy).Assembly)).And.HaveCountGreaterThan(Pairs.Count);

        static IEnumerable<string> Names(Assembly assembly) => assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IResetPolicy)) && type.IsClass).Select(type => type.Name);
    }

    [Theory]
    [MemberData(nameof(PoliciesAndOptimizers))]
    public void A_reset_gives_the_same_bits_to_model_optimizer_and_memory(string policy, string optimizer)
    {
        using var library = new Reset(Pairs[policy].Library, optimizer, Pairs[policy].Model);
        using var other = new Reset(Pairs[policy].Own, optimizer, Pairs[policy].Model);
        var fresh = Nets.Bits(library.Net);
        for (var i = 0; i < 3; i++)
        {
            library.Run();
            other.Run();

            Nets.Bits(other.Net).Should().BeEquivalentTo(Nets.Bits(library.Net));
            other.Memory.Should().BeEquivalentTo(library.Memory, options => options.WithStrictOrdering());
            other.State.Should().BeEquivalentTo(library.State, options => options.WithStrictOrdering());
            other.Written.Should().Equal(library.Written);
        }

        library.Written.Should().NotBeEmpty();
        var changed = policy == "embeddings" ? "words.0.weight" : "head.weight";
        Nets.Bits(library.Net)[changed].Should().NotEqual(fresh[changed]);
    }

    [Theory]
    [MemberData(nameof(PoliciesAndOptimizers))]
    public void A_whole_training_gives_the_same_bits(string policy, string optimizer)
    {
        var library = Train(Pairs[policy].UseLibrary, optimizer, Pairs[policy].Model);
        var other = Train(Pairs[policy].UseOwn, optimizer, Pairs[policy].Model);

        library.Written.Should().NotBeEmpty();
        other.Written.Should().Equal(library.Written);
        other.Bits.Should().BeEquivalentTo(library.Bits);
    }

    /// <summary>The way is shown by how many tensors a reset makes: scratch, indices and copies are tensors, and what is written where it lies needs none of them.</summary>
    [Theory]
    [MemberData(nameof(Policies))]
    public void A_reset_makes_as_many_tensors(string policy)
    {
        using var library = new Reset(Pairs[policy].Library, "Adam", Pairs[policy].Model);
        using var other = new Reset(Pairs[policy].Own, "Adam", Pairs[policy].Model);
        for (var i = 0; i < 3; i++)
        {
            library.Run();
            other.Run();
        }

        var (its, mine) = (library.Measure(), other.Measure());

        output.WriteLine($"{policy}: library {its}, own {mine}");
        mine.Tensors.Should().Be(its.Tensors);
    }

    [Fact]
    public void Rows_are_drawn_where_they_lie()
    {
        using var inPlace = new Reset(_ => new Own.ZapPolicy(new() { Head = "head" }), "SGD");
        using var byScratch = new Reset(_ => new Own.ZapPolicy(new() { Head = "head", Weights = new GivenRewriter(target => target.Noise.Normal(target.Values)) }), "SGD");
        inPlace.Run();
        byScratch.Run();

        var (without, with) = (inPlace.Measure().Tensors, byScratch.Measure().Tensors);

        output.WriteLine($"tensors made by a reset of one row: {without} where it lies, {with} by scratch");
        without.Should().BeLessThan(with);
    }

    private static UnitGraph Graph(Sequential net) => UnitGraph.Trace(net, Example);

    private static optim.Optimizer Optimizer(string name, nn.Module net) =>
        name == "SGD" ? optim.SGD(net.parameters(), 0.05, momentum: 0.9) : optim.Adam(net.parameters(), 1e-2);

    private static List<byte[]> MemoryOf(optim.Optimizer optimizer) =>
    [
        .. ((OptimizerHelper)optimizer).state_dict().State.SelectMany(state => state switch
        {
            Adam.State adam => [Nets.Bits(adam.exp_avg), Nets.Bits(adam.exp_avg_sq), BitConverter.GetBytes(adam.step)],
            SGD.State { momentum_buffer: { } momentum } => new[] { Nets.Bits(momentum) },
            _ => [],
        }),
    ];

    private static Action<ResetReport> Into(List<string> written) => report => written.AddRange(report.Parameters.Select(write => $"{report.Policy} {report.Ordinal}: {write}"));

    private static (Dictionary<string, byte[]> Bits, List<string> Written) Train(Action<ContinualTrainer> use, string optimizerName, Func<Sequential> model)
    {
        using var scope = NewDisposeScope();
        using var net = model();
        using var optimizer = Optimizer(optimizerName, net);
        using var trainer = new ContinualTrainer(net, optimizer);
        use(trainer);
        var written = new List<string>();
        trainer.Schedulers.Single().ResetCompleted += Into(written);
        using var generator = new Generator(3);
        var (inputs, labels) = (randn([32, 6], generator: generator), randint(0, Nets.Units, [32], generator: generator));
        trainer.Fit(new ShuffledBatches(inputs, labels, batchSize: 8, seed: 4), epochs: 3);
        var bits = Nets.Bits(net);
        foreach (var (memory, number) in MemoryOf(optimizer).Select((memory, number) => (memory, number)))
        {
            bits.Add($"optimizer {number}", memory);
        }

        return (bits, written);
    }

    private sealed record Pair(Func<Sequential, IResetPolicy> Library, Func<Sequential, IResetPolicy> Own, Action<ContinualTrainer> UseLibrary, Action<ContinualTrainer> UseOwn)
    {
        public Func<Sequential> Model { get; init; } = () => Nets.Small();
    }

    private sealed class Reset : IDisposable
    {
        private readonly optim.Optimizer _optimizer;
        private readonly IResetPolicy _policy;
        private readonly ZapScheduler _scheduler;
        private readonly Action<ResetReport> _listener;

        public Reset(Func<Sequential, IResetPolicy> make, string optimizer, Func<Sequential>? model = null)
        {
            Net = model?.Invoke() ?? Nets.Small();
            _optimizer = Optimizer(optimizer, Net);
            Nets.Step(Net, _optimizer);
            _policy = make(Net);
            _scheduler = Nets.Scheduler(Net, _policy, [_optimizer], seed: 7);
            _listener = Into(Written);
        }

        public Sequential Net { get; }

        public List<string> Written { get; } = [];

        public List<byte[]> Memory => MemoryOf(_optimizer);

        public List<(string, byte[])> State => _policy is IStatefulResetPolicy stateful ? [.. stateful.State.Select(state => (state.Key, Nets.Bits(state.Value)))] : [];

        public void Run()
        {
            _scheduler.ResetCompleted += _listener;
            Signal();
            _scheduler.ResetCompleted -= _listener;
        }

        /// <summary>Tensors and bytes of managed memory that one reset makes, without those of a listener. The bytes are shown only: which objects need any is the compiler's choice.</summary>
        public Made Measure()
        {
            ConformanceModel.Activate(Net, 1, 1, 1, -1, 0.9);
            var counts = DisposeScopeManager.Statistics;
            var (tensors, bytes) = (counts.CreatedInScopeCount + counts.CreatedOutsideScopeCount, GC.GetAllocatedBytesForCurrentThread());
            _scheduler.Signal(ClassBoundary, 2);
            return new(counts.CreatedInScopeCount + counts.CreatedOutsideScopeCount - tensors, GC.GetAllocatedBytesForCurrentThread() - bytes);
        }

        public void Dispose()
        {
            (_policy as IDisposable)?.Dispose();
            _optimizer.Dispose();
            Net.Dispose();
        }

        private void Signal()
        {
            ConformanceModel.Activate(Net, 1, 1, 1, -1, 0.9);
            _scheduler.Signal(ClassBoundary, 2);
        }

        public sealed record Made(long Tensors, long Bytes);
    }
}
