using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Optimizers;

/// <summary>Everything of an optimizer besides its arithmetic.</summary>
[Collection(AloneCollection.Name)] // counts live tensors
public sealed class FusedOptimizerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-fused-");

    public static TheoryData<string> Pairs => [.. FusedPairs.Names];

    // TorchSharp cannot hand over SGD's state before there is any, and with maximize keeps it with the other sign.
    public static TheoryData<string> Exchangeable => [.. FusedPairs.Names.Where(name => name is not ("SGD" or "SGD, decay" or "SGD, maximize"))];

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_state_file_is_read_by_the_class_that_wrote_it(string name)
    {
        var file = Path.Combine(_folder.FullName, "state");
        using var net = Nets.Small();
        using var first = FusedPairs.All[name].Fused(net.parameters());
        Train(net, first, 3);
        first.save_state_dict(file);
        using var again = Nets.Small();
        Copy(net, again);
        using var second = FusedPairs.All[name].Fused(again.parameters());
        second.load_state_dict(file);
        Train(net, first, 3);
        Train(again, second, 3);
        Nets.Bits(again).Should().BeEquivalentTo(Nets.Bits(net));

        using var plain = FusedPairs.All[name].Plain(net.parameters());
        plain.Invoking(p => p.load_state_dict(file)).Should().Throw<InvalidDataException>().WithMessage("*Fused*");
    }

    [Theory]
    [MemberData(nameof(Exchangeable))]
    public void State_goes_from_TorchSharps_own_to_the_fused_one_and_back(string name)
    {
        var file = Path.Combine(_folder.FullName, "state");
        using var expectedNet = Nets.Small(ScalarType.Float64);
        using var expected = FusedPairs.All[name].Plain(expectedNet.parameters());
        using var net = Nets.Small(ScalarType.Float64);
        using var plain = FusedPairs.All[name].Plain(net.parameters());
        using var fused = FusedPairs.All[name].Fused(net.parameters());

        Train(expectedNet, expected, 9);
        Train(net, plain, 3);
        fused.load_state_dict(plain.state_dict());
        Train(net, fused, 3, from: 3);
        using (var carrier = FusedPairs.All[name].Plain(net.parameters()))
        {
            carrier.load_state_dict(fused.state_dict());
            carrier.save_state_dict(file);
        }

        plain.load_state_dict(file);
        Train(net, plain, 3, from: 6);
        foreach (var (a, b) in net.parameters().Zip(expectedNet.parameters()))
        {
            FusedPairs.Difference(a, b).Should().BeLessThan(1e-7);
        }
    }

    [Fact]
    public void A_checkpoint_of_TorchSharps_own_is_refused_as_the_bits_would_differ()
    {
        using var net = Nets.Small();
        using var plain = new Adam(net.parameters());
        using var fused = new FusedAdam(net.parameters());
        using var store = new CheckpointStore(_folder.FullName);
        using var before = new ContinualTrainer(net, plain);
        using var after = new ContinualTrainer(net, fused);
        store.Save(before);
        store.Invoking(s => s.Resume(after)).Should().Throw<CheckpointException>().WithMessage("*Adam*FusedAdam*");
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Learning_rate_schedules_set_the_rate_of_each_group(string name)
    {
        using var net = Nets.Small(ScalarType.Float64);
        using var twin = Nets.Small(ScalarType.Float64);
        using var fused = FusedPairs.All[name].Fused(net.parameters());
        using var plain = FusedPairs.All[name].Plain(twin.parameters());
        foreach (var (model, optimizer) in new[] { (net, fused), (twin, plain) })
        {
            var schedule = optim.lr_scheduler.StepLR(optimizer, 2, 0.1);
            for (var i = 0; i < 6; i++)
            {
                Nets.Step(model, optimizer, (ulong)i);
                schedule.step();
            }
        }

        fused.ParamGroups.Single().LearningRate.Should().BeApproximately(5e-5, 1e-12);
        foreach (var (a, b) in net.parameters().Zip(twin.parameters()))
        {
            FusedPairs.Difference(a, b).Should().BeLessThan(1e-7);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_closure_is_evaluated_with_gradients_and_its_loss_returned(string name)
    {
        using var net = Nets.Small();
        using var optimizer = FusedPairs.All[name].Fused(net.parameters());
        var before = Nets.Bits(net);
        using var noGrad = no_grad();
        var loss = optimizer.step(() =>
        {
            is_grad_enabled().Should().BeTrue();
            var made = net.call(ones(4, 6)).square().sum();
            made.backward();
            return made;
        });
        loss.item<float>().Should().BePositive();
        is_grad_enabled().Should().BeFalse();
        Nets.Bits(net).Should().NotBeEquivalentTo(before);
        optimizer.step().Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_thousand_steps_leave_as_many_live_tensors_as_ten(string name)
    {
        using var net = Sequential(("transposed", new Transposed()), ("head", Linear(6, 8)));
        using var optimizer = FusedPairs.All[name].Fused(net.parameters());
        Train(net, optimizer, 10);
        var before = Live();
        Train(net, optimizer, 1000);
        Live().Should().BeLessThanOrEqualTo(before);

        static long Live()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Tensor.TotalCount;
        }
    }

    [Fact]
    public void A_step_leaves_nothing_for_the_finalizer_or_the_callers_scope()
    {
        using var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters());
        Train(net, optimizer, 2);
        foreach (var parameter in net.parameters())
        {
            parameter.grad = ones_like(parameter);
        }

        using var inner = NewDisposeScope();
        var before = LiveTensors.BeforeTest();
        optimizer.step();
        Tensor.TotalCount.Should().Be(before);
        inner.DisposablesCount.Should().Be(0);
    }

    [Fact]
    public void Several_threads_may_step_optimizers_of_their_own()
    {
        var bits = new byte[8][];
        Parallel.For(0, bits.Length, i =>
        {
            using var scope = NewDisposeScope();
            using var net = Nets.Small();
            using var optimizer = new FusedAdam(net.parameters(), 1e-2);
            Train(net, optimizer, 20);
            bits[i] = Nets.Bits(Nets.HeadOf(net).weight);
        });
        bits.Should().AllBeEquivalentTo(bits[0]);
    }

    [Fact]
    public void Misuse_is_refused_and_leaves_nothing_that_a_finalizer_fails_on()
    {
        FluentActions.Invoking(() => new FusedAdam((IEnumerable<Parameter>)null!)).Should().Throw<ArgumentNullException>().WithParameterName("parameters");
        FluentActions.Invoking(() => new FusedSgd((IEnumerable<Parameter>)null!, 1)).Should().Throw<ArgumentNullException>().WithParameterName("parameters");
        FluentActions.Invoking(() => new FusedAdamW((IEnumerable<AdamW.ParamGroup>)null!)).Should().Throw<ArgumentNullException>().WithParameterName("parameters");
        FluentActions.Invoking(() => new FusedSgd((IEnumerable<SGD.ParamGroup>)null!, 1)).Should().Throw<ArgumentNullException>().WithParameterName("parameters");
        using var net = Nets.Small();
        FluentActions.Invoking(() => new FusedAdam(net.parameters(), -1)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new FusedSgd(net.parameters(), 0.1, nesterov: true)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new FusedSgd(net.parameters(), -1)).Should().Throw<ArgumentException>();
        foreach (var none in new[] { double.NaN, double.PositiveInfinity, 1e39 })
        {
            FluentActions.Invoking(() => new FusedAdam(net.parameters(), none)).Should().Throw<ArgumentException>().WithParameterName("lr");
            FluentActions.Invoking(() => new FusedAdamW(net.parameters(), weight_decay: none)).Should().Throw<ArgumentException>().WithParameterName("weight_decay");
            FluentActions.Invoking(() => new FusedSgd(net.parameters(), 0.1, momentum: none)).Should().Throw<ArgumentException>().WithParameterName("momentum");
        }

        // A finalizer that throws ends the process, and so this run.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void A_type_that_the_kernels_do_not_know_is_refused_before_anything_moves()
    {
        using var complex = new Parameter(zeros(3, ScalarType.ComplexFloat32));
        using var optimizer = new FusedAdam([complex]);
        complex.grad = ones(3, ScalarType.ComplexFloat32);
        optimizer.Invoking(o => o.step()).Should().Throw<NotSupportedException>().WithMessage("*ComplexFloat32*TorchSharp's own*");
        ((Adam.State)optimizer.state_dict().State[0]).step.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_disposed_optimizer_makes_no_step(string name)
    {
        using var net = Nets.Small();
        var optimizer = FusedPairs.All[name].Fused(net.parameters());
        Train(net, optimizer, 1);
        optimizer.Dispose();
        var before = Nets.Bits(net);
        FluentActions.Invoking(() => optimizer.step()).Should().Throw<Exception>();
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Device_tensors_of_a_group_go_in_batches_of_their_own()
    {
        Assert.SkipUnless(cuda.is_available(), "CUDA is not available");
        using var onCpu = FusedPairs.Copy(ones(5));
        using var onGpu = FusedPairs.Copy(ones(5, device: CUDA));
        using var optimizer = new FusedAdam([onCpu, onGpu], 0.1);
        onCpu.grad = ones(5);
        onGpu.grad = ones(5, device: CUDA);
        optimizer.step();
        FusedPairs.Difference(onCpu, onGpu).Should().BeLessThan(1e-6);
        onCpu[0].item<float>().Should().BeApproximately(0.9f, 1e-6f);
    }

    private static void Train(Module<Tensor, Tensor> net, optim.Optimizer optimizer, int steps, int from = 0)
    {
        for (var i = from; i < from + steps; i++)
        {
            Nets.Step(net, optimizer, (ulong)i);
        }
    }

    private static void Copy(Module from, Module to)
    {
        using var noGrad = no_grad();
        foreach (var (source, target) in from.parameters().Zip(to.parameters()))
        {
            target.copy_(source);
        }
    }

    /// <summary>Its weight is not contiguous, so that copies stand in for it.</summary>
    private sealed class Transposed : Module<Tensor, Tensor>
    {
        private readonly Parameter weight = new(eye(6).add(0.1).t());

        public Transposed()
            : base(nameof(Transposed)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input.matmul(weight);
    }
}
