using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Heads;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Torch;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Torch;

/// <summary>Parameters are known by their memory and layers by their object.</summary>
public sealed class TensorIdentityTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly Tensor _inputs = rand(12, 6);
    private readonly Tensor _labels = arange(12).remainder(3);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Handles_of_one_memory_are_one_tensor_and_views_and_copies_are_others()
    {
        using var embedding = Embedding(3, 5);
        var (one, other) = (embedding.weight!, embedding.weight!);
        one.Handle.Should().NotBe(other.Handle, "otherwise nothing is tested");
        TensorIdentity.Same(one, other).Should().BeTrue();
        TensorIdentity.Same(one, one.detach().clone()).Should().BeFalse();
        TensorIdentity.Same(one, one.detach()[1]).Should().BeFalse();
        foreach (var type in new[] { ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Bool })
        {
            var typed = zeros([2, 3], type);
            TensorIdentity.Same(typed, typed.alias()).Should().BeTrue("{0}", type);
            TensorIdentity.Same(typed, zeros([2, 3], type)).Should().BeFalse("{0}", type);
        }

        var transposed = rand(4, 2).t();
        TensorIdentity.Same(transposed, transposed.alias()).Should().BeTrue();
        TensorIdentity.Same(zeros(0), zeros(0)).Should().BeFalse();
    }

    [Theory]
    [InlineData(OptimizerStateReset.Keep)]
    [InlineData(OptimizerStateReset.Slice)]
    [InlineData(OptimizerStateReset.Parameter)]
    public void The_rows_of_an_embedding_are_zapped_by_parameter_and_by_name(OptimizerStateReset state)
    {
        foreach (var byName in new[] { false, true })
        {
            using var net = new Prototypes();
            using var adam = optim.Adam(net.parameters(), 1e-2);
            using var trainer = new ContinualTrainer(net, adam).UseZapping(
                TaskBoundary,
                new ZapOptions
                {
                    Head = byName ? HeadSelector.ByName("classes") : HeadSelector.Parameter(() => net.classes.weight!),
                    Units = UnitSelection.Indices(1),
                    OptimizerState = state,
                });
            trainer.Fit(new ShuffledBatches(_inputs, _labels, 4), 1);
            var before = net.classes.weight!.detach().clone();
            trainer.BeginTask();
            net.classes.weight!.ne(before).any(1).data<bool>().Should().Equal(false, true, false);
        }
    }

    [Fact]
    public void An_embedding_grows_trains_and_comes_through_a_checkpoint()
    {
        var folder = Directory.CreateTempSubdirectory("zapping-identity-");
        try
        {
            using var net = new Prototypes();
            using var adam = optim.Adam(net.parameters(), 1e-2);
            HeadGrowth.Grow(net, HeadSelector.ByName("classes"), 5, [adam]).Should().Be(2);
            using var trainer = new MetaAsbTrainer(net, adam);
            trainer.Fit(new EpisodeSampler(new LabeledBatch(_inputs, _labels), new EpisodeOptions { InnerExamples = 2, RememberExamples = 4 }), 2);
            using var store = new CheckpointStore(folder.FullName);
            store.Save(trainer);
            var saved = Nets.Bits(net.classes.weight!);
            trainer.Fit(new EpisodeSampler(new LabeledBatch(_inputs, _labels), new EpisodeOptions { InnerExamples = 2, RememberExamples = 4 }), 1);
            Nets.Bits(net.classes.weight!).Should().NotEqual(saved, "the outer step moves it");
            store.Resume(trainer);
            Nets.Bits(net.classes.weight!).Should().Equal(saved);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_layer_with_two_names_is_one_layer()
    {
        using var net = new Aliased();
        using var adam = optim.Adam(net.parameters(), 1e-2);
        foreach (var head in new[] { HeadSelector.ByName("head"), HeadSelector.ByName("all.head"), HeadSelector.Single(3) })
        {
            using var trainer = new ContinualTrainer(net, adam).UseZapping(every: EpochBoundary, zap => zap.Head = head);
            trainer.Fit(new ShuffledBatches(_inputs, _labels, 4), 1).Steps.Should().Be(3);
        }

        using var task = TransferTask.Create(
            new TransferSampler([4, 4, 4], new TransferSamplerOptions { Classes = 3, SupportExamples = 2, QueryExamples = 2 }).Draw(0), new LabeledBatch(_inputs, _labels));
        SequentialTransfer.Run(net, task, new SequentialTransferOptions { Head = HeadSelector.ByName("head"), Trainable = TrainableParameters.Head });
        HeadGrowth.Grow(net, HeadSelector.ByName("head"), 5, [adam]).Should().Be(2);
        net.call(_inputs).shape.Should().Equal(12, 5);
    }

    [Fact]
    public void A_weight_of_two_layers_is_still_shared()
    {
        using var first = Linear(6, 6);
        using var second = Linear(6, 6);
        second.weight = first.weight;
        using var net = Sequential(("first", first), ("second", second));
        FluentActions.Invoking(() => Nets.Zap(net, zap => zap.Head = HeadSelector.ByName("second"))).Should().Throw<InvalidOperationException>()
            .WithMessage("The weight 'first.weight' is shared with 'second.weight'*");
    }

    [Fact]
    public void Layers_in_a_ModuleDict_are_found_and_those_that_it_has_not_registered_are_no_layers_of_the_model()
    {
        using var net = new TwoHeads();
        using var adam = optim.Adam(net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(net, adam).UseZapping(every: TaskBoundary, zap => zap.Head = HeadSelector.PerBoundary(b => HeadSelector.ByName(b.Index == 0 ? "heads.a" : "heads.b")));
        trainer.BeginTask(1);
        trainer.BeginTask(2);
        net.Heads.Add("late", Linear(6, 3));
        FluentActions.Invoking(() => Nets.Zap(net, zap => zap.Head = HeadSelector.Layer(net.Heads["late"]))).Should().Throw<ArgumentException>()
            .WithMessage("*does not belong to the model*");
    }

    [Fact]
    public void A_module_of_TorchScript_trains_is_zapped_saved_and_transferred_and_ends_no_process()
    {
        var folder = Directory.CreateTempSubdirectory("zapping-script-");
        try
        {
            var net = new Scripted(jit.load<Tensor, Tensor>(Path.Combine(AppContext.BaseDirectory, "Torch", "scripted_net.pt")));
            var names = net.named_parameters().Select(p => p.name).ToList();
            names.Should().Equal("script.0.weight", "script.0.bias", "script.2.weight", "script.2.bias");
            using var adam = optim.Adam(net.parameters(), 1e-2);
            var head = HeadSelector.Parameter(() => net.named_parameters().Last(p => p.parameter.dim() == 2).parameter);
            using var trainer = new ContinualTrainer(net, adam)
                .UseZapping(EpochBoundary, new ZapOptions { Head = head, Units = UnitSelection.All, OptimizerState = OptimizerStateReset.Slice });
            trainer.Fit(new ShuffledBatches(_inputs, _labels, 4), 1).Steps.Should().Be(3);
            using var store = new CheckpointStore(folder.FullName);
            store.Save(trainer);
            store.Resume(trainer);

            FluentActions.Invoking(() => Nets.Zap(net, zap => zap.Head = HeadSelector.ByName("script.2"))).Should().Throw<InvalidOperationException>()
                .WithMessage("Layer 'script.2' is a ScriptModule, no Linear*Parameter*");
            FluentActions.Invoking(() => Nets.Zap(net, zap => zap.Head = HeadSelector.Single())).Should().Throw<InvalidOperationException>().WithMessage("*0 Linear layers*");
            using var task = TransferTask.Create(
                new TransferSampler([4, 4, 4], new TransferSamplerOptions { Classes = 3, SupportExamples = 2, QueryExamples = 2 }).Draw(0), new LabeledBatch(_inputs, _labels));
            IidTransfer.Run(net, task, new IidTransferOptions { Head = head, Epochs = 1 });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class Prototypes : Module<Tensor, Tensor>
    {
        public readonly Linear body = Linear(6, 8);
        public readonly Embedding classes = Embedding(3, 8);

        public Prototypes()
            : base(nameof(Prototypes)) => RegisterComponents();

        public override Tensor forward(Tensor input) => body.call(input).matmul(classes.weight!.t());
    }

    private sealed class Aliased : Module<Tensor, Tensor>
    {
        private readonly Linear head = Linear(8, 3);
        private readonly Sequential all;

        public Aliased()
            : base(nameof(Aliased))
        {
            all = Sequential(("body", Linear(6, 8)), ("relu", ReLU()), ("head", head));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => all.call(input);
    }

    private sealed class TwoHeads : Module<Tensor, Tensor>
    {
        private readonly ModuleDict<Linear> heads = ModuleDict(("a", Linear(6, 3)), ("b", Linear(6, 3)));

        public TwoHeads()
            : base(nameof(TwoHeads)) => RegisterComponents();

        public ModuleDict<Linear> Heads => heads;

        public override Tensor forward(Tensor input) => heads["a"].call(input);
    }

    private sealed class Scripted : Module<Tensor, Tensor>
    {
        private readonly jit.ScriptModule<Tensor, Tensor> script;

        public Scripted(jit.ScriptModule<Tensor, Tensor> script)
            : base(nameof(Scripted))
        {
            this.script = script;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => script.call(input);
    }
}
