using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Heads;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Heads;

[Collection(AloneCollection.Name)]
public sealed class PlasticityInjectionTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_step_and_a_fold_are_those_computed_by_hand()
    {
        using var head = Linear(2, 1, hasBias: false);
        head.weight = Parameter(tensor(new double[,] { { 1, 2 } }));
        using var net = Sequential(("head", head));
        using var sgd = optim.SGD(net.parameters(), 0.1);
        var injection = PlasticityInjection.Inject(net, "head", [sgd], () => Fixed(0.5, -0.5));
        var x = tensor(new double[,] { { 3, 1 } });
        var y = net.call(x);
        y.item<double>().Should().Be(5);
        ((y - 4).square() / 2).sum().backward();
        sgd.step();
        head.weight.data<double>().ToArray().Should().Equal([0.2, -0.6], Near);
        var frozen = net.named_buffers().ToDictionary(own => own.name, own => own.buffer, StringComparer.Ordinal);
        frozen["head.injected.original_weight"].data<double>().ToArray().Should().Equal(1, 2);
        frozen["head.injected.initial_weight"].data<double>().ToArray().Should().Equal(0.5, -0.5);
        frozen.Values.Should().OnlyContain(buffer => !buffer.requires_grad);
        net.call(x).item<double>().Should().BeApproximately(4, 1e-12);

        injection.Fold();
        head.weight.data<double>().ToArray().Should().Equal([0.7, 1.9], Near);
        net.call(x).item<double>().Should().BeApproximately(4, 1e-12);
        net.state_dict().Keys.Should().Equal("head.weight");
        injection.IsFolded.Should().BeTrue();
        injection.Invoking(own => own.Fold()).Should().Throw<InvalidOperationException>();
    }

    [Theory]
    [InlineData("head", ScalarType.Float32)]
    [InlineData("head", ScalarType.BFloat16)]
    [InlineData("tail", ScalarType.Float32)]
    [InlineData("own", ScalarType.Float64)]
    public void Predictions_keep_their_bits_and_the_head_is_drawn_anew(string head, ScalarType type)
    {
        using var net = new Net();
        net.to(type);
        using var adam = new FusedAdam(net.parameters(), 1e-2);
        for (var step = 0; step < 3; step++)
        {
            net.Step(adam);
        }

        var inputs = randn(9, 6).to(type);
        var (before, outputs) = (Nets.Bits(net), Nets.Bits(net.call(inputs)));
        var held = adam.parameters().Count();
        PlasticityInjection.Inject(net, head, [adam], Net.Fresh(head));
        Nets.Bits(net.call(inputs)).Should().Equal(outputs);
        adam.parameters().Should().HaveCount(held);
        foreach (var (name, bits) in before)
        {
            var changed = name.StartsWith(head + ".", StringComparison.Ordinal) && !bits.SequenceEqual(Nets.Bits(net.get_parameter(name)!));
            changed.Should().Be(name.StartsWith(head + ".", StringComparison.Ordinal), name);
        }

        var states = adam.state_dict().State.Cast<Adam.State>().Zip(net.Named(adam)).ToList();
        states.Should().OnlyContain(own => own.First.step == (own.Second.StartsWith(head + ".", StringComparison.Ordinal) ? 0 : 3));
    }

    [Theory]
    [InlineData("head")]
    [InlineData("tail")]
    public void Only_what_was_injected_is_trained_and_features_go_on(string head)
    {
        using var net = new Net();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        PlasticityInjection.Inject(net, head, [sgd], Net.Fresh(head));
        var before = Nets.Bits(net);
        var frozen = Frozen();
        frozen.Should().HaveCount(head == "head" ? 4 : 8);
        net.Step(sgd);
        net.Step(sgd);
        before.Should().OnlyContain(own => !Nets.Bits(net.get_parameter(own.Key)!).SequenceEqual(own.Value) || own.Key.StartsWith("norm", StringComparison.Ordinal));
        Frozen().Should().BeEquivalentTo(frozen);

        Dictionary<string, byte[]> Frozen() => net.named_buffers().Where(own => own.name.StartsWith(head, StringComparison.Ordinal))
            .ToDictionary(own => own.name, own => Nets.Bits(own.buffer), StringComparer.Ordinal);
    }

    [Fact]
    public void Features_get_the_gradient_that_they_had_before()
    {
        using var net = new Net();
        using var sgd = new FusedSgd(net.parameters(), 0.0);
        net.Step(sgd);
        var before = net.get_parameter("body.weight")!.grad!.clone();
        PlasticityInjection.Inject(net, "tail", [sgd], Net.Fresh("tail"));
        net.Step(sgd);
        net.get_parameter("body.weight")!.grad!.allclose(before, 1e-5, 1e-6).Should().BeTrue("a and b are equal, so that theirs cancel");
    }

    [Fact]
    public void A_model_that_is_moved_afterwards_is_refused_by_name()
    {
        using var net = new Net();
        PlasticityInjection.Inject(net, "tail", [], Net.Fresh("tail"));
        net.to(ScalarType.Float64);
        net.Invoking(own => own.call(randn(2, 6, ScalarType.Float64))).Should().Throw<InvalidOperationException>().WithMessage("*after 'tail' had been injected into*");
    }

    [Fact]
    public void A_resumed_run_equals_one_that_was_not_interrupted()
    {
        var folder = Directory.CreateTempSubdirectory("zapping-injection-");
        try
        {
            using var whole = new Run();
            whole.Go(8);
            using (var first = new Run())
            using (var store = new CheckpointStore(folder.FullName))
            {
                first.Go(4);
                store.Save(first.Trainer);
            }

            using var second = new Run();
            using (var store = new CheckpointStore(folder.FullName))
            {
                store.Resume(second.Trainer)!.Steps.Should().Be(4);
            }

            second.Go(8);
            Nets.Bits(second.Net).Should().BeEquivalentTo(Nets.Bits(whole.Net));
            using var without = new Run(injected: false);
            using var again = new CheckpointStore(folder.FullName);
            again.Invoking(own => own.Resume(without.Trainer)).Should().Throw<CheckpointException>().WithMessage("*tail_injected.*");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_fold_keeps_predictions_and_a_second_injection_follows_it()
    {
        using var net = new Net();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        var injection = PlasticityInjection.Inject(net, "head", [sgd]);
        net.Step(sgd);
        net.Invoking(own => PlasticityInjection.Inject(own, "head", [sgd])).Should().Throw<InvalidOperationException>().WithMessage("*'head' has been injected into already. Fold*");
        var inputs = randn(9, 6);
        var outputs = net.call(inputs);
        injection.Fold();
        net.call(inputs).allclose(outputs, 1e-5, 1e-6).Should().BeTrue();
        PlasticityInjection.Inject(net, "head", [sgd]);
        net.call(inputs).allclose(outputs, 1e-5, 1e-6).Should().BeTrue();
    }

    [Fact]
    public void What_cannot_be_injected_into_is_refused_by_name_and_unchanged()
    {
        using var net = new Net();
        using var sgd = new FusedSgd(net.parameters(), 0.1);
        var before = Nets.Bits(net);
        void Refused<T>(Action<Net> inject, string message)
            where T : Exception => net.Invoking(inject).Should().Throw<T>().WithMessage(message);
        Refused<ArgumentException>(own => PlasticityInjection.Inject(own, "nowhere", [sgd]), "*has no module 'nowhere'. There are: *'head'*");
        Refused<ArgumentException>(own => PlasticityInjection.Inject(own, "tail", [sgd]), "'tail' is a *: say how another one is made*");
        Refused<ArgumentException>(own => PlasticityInjection.Inject(own, "head", [sgd], () => Linear(2, 3)), "*same parameters: it has weight [3, 2], bias [3], and the head weight [8, 5], bias [8]*");
        Refused<NotSupportedException>(own => PlasticityInjection.Inject(own, "norm", [sgd], () => BatchNorm1d(5)), "'norm' has the buffer '*");
        using var other = optim.SGD(net.get_parameter("norm.weight") is { } weight ? [weight] : [], 0.1);
        Refused<InvalidOperationException>(own => PlasticityInjection.Inject(own, "head", [other]), "*head.weight*");
        Nets.Bits(net).Should().BeEquivalentTo(before);
        var linear = PlasticityInjection.Inject(net, "tail", [sgd], Net.Fresh("tail"));
        linear.Invoking(own => own.Fold()).Should().Throw<NotSupportedException>().WithMessage("A *Sequential* cannot be folded*");
        Refused<InvalidOperationException>(own => PlasticityInjection.Inject(own, "tail", [sgd], Net.Fresh("tail")), "*'tail' has been injected into already*");
        using var chain = Sequential(("tail", Sequential(("a", Linear(2, 2)))));
        chain.Invoking(own => PlasticityInjection.Inject(own, "tail", [], () => Sequential(("a", Linear(2, 2))))).Should().Throw<NotSupportedException>()
            .WithMessage("*'tail' lies within nothing but Sequentials*");
    }

    private static Linear Fixed(double first, double second)
    {
        var made = Linear(2, 1, hasBias: false);
        made.weight = Parameter(tensor(new[,] { { first, second } }));
        return made;
    }

    private static bool Near(double actual, double expected) => Math.Abs(actual - expected) < 1e-12;

    /// <summary>Two heads for the same features, one of them a Sequential of two layers, and a third of a class of its own; the outputs are their sum.</summary>
    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear _body = Linear(6, 5);
        private readonly BatchNorm1d _norm = BatchNorm1d(5);
        private readonly Linear _head = Linear(5, 8);
        private readonly Sequential _tail = Tail();
        private readonly Own _own = new();

        public Net()
            : base(nameof(Net))
        {
            register_module("body", _body);
            register_module("norm", _norm);
            register_module("head", _head);
            register_module("tail", _tail);
            register_module("own", _own);
            using var noGrad = no_grad();
            using var generator = new Generator(4);
            foreach (var parameter in this.parameters())
            {
                parameter.normal_(0, 0.5, generator);
            }
        }

        public override Tensor forward(Tensor input)
        {
            var features = _body.call(input).relu();
            return _head.call(features) + _tail.call(features) + _own.call(features);
        }

        public static Func<Module<Tensor, Tensor>> Fresh(string head) => head switch
        {
            "head" => () => Linear(5, 8),
            "tail" => Tail,
            _ => () => new Own(),
        };

        public void Step(optim.Optimizer optimizer)
        {
            optimizer.zero_grad();
            using var generator = new Generator(9);
            functional.cross_entropy(call(randn([4, 6], generator: generator).to(_body.weight.dtype)).to(ScalarType.Float32), tensor([1L, 2, 3, 4])).backward();
            _norm.parameters().ToList().ForEach(parameter => parameter.grad = zeros_like(parameter));
            optimizer.step();
        }

        public IEnumerable<string> Named(optim.Optimizer optimizer) =>
            optimizer.parameters().Select(held => named_parameters().First(own => own.parameter.Handle == held.Handle).name);

        private static Sequential Tail() => Sequential(("first", Linear(5, 7)), ("relu", ReLU()), ("second", Linear(7, 8)));
    }

    private sealed class Own : Module<Tensor, Tensor>
    {
        private readonly Linear _layer = Linear(5, 8);

        public Own()
            : base(nameof(Own)) => register_module("layer", _layer);

        public override Tensor forward(Tensor input) => _layer.call(input).tanh();
    }

    private sealed class Run : IDisposable
    {
        private readonly FusedAdam _adam;

        public Run(bool injected = true)
        {
            random.manual_seed(5);
            Net = new();
            _adam = new FusedAdam(Net.parameters(), 1e-2);
            if (injected)
            {
                PlasticityInjection.Inject(Net, "tail", [_adam], Net.Fresh("tail"));
            }

            Trainer = new ContinualTrainer(Net, _adam);
        }

        public Net Net { get; }

        public ContinualTrainer Trainer { get; }

        public void Go(long steps)
        {
            while (Trainer.State.Steps < steps)
            {
                using var generator = new Generator((ulong)Trainer.State.Steps);
                Trainer.TrainStep(randn([4, 6], generator: generator), randint(0, 8, [4], generator: generator));
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _adam.Dispose();
            Net.Dispose();
        }
    }
}
