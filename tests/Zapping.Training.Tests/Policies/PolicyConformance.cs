using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies;

/// <summary>
/// What every policy must do. A new policy joins with a class of a few lines; see <see cref="ZapConformance"/>.
/// </summary>
public abstract class PolicyConformance : IDisposable
{
    private readonly List<IDisposable> _made = [];

    /// <summary>The policy, with the given treatment of optimizer state, for a net of <see cref="Nets.Small"/>.</summary>
    protected abstract IResetPolicy Policy(Sequential net, OptimizerStateReset state);

    /// <summary>Whether the policy writes this entry of this parameter at a boundary of class 2; a vector has one column.</summary>
    protected abstract bool Writes(string parameter, int row, int column);

    /// <summary>Whether what optimizers remember of this entry is treated as asked.</summary>
    protected virtual bool Forgets(string parameter, int row, int column) => Writes(parameter, row, column);

    /// <summary>A parameter of which the policy draws entries.</summary>
    protected virtual string Drawn => "head.weight";

    /// <summary>Called before each reset, for policies that look at forward passes.</summary>
    protected virtual void BeforeReset(Sequential net)
    {
    }

    public void Dispose()
    {
        _made.ForEach(policy => policy.Dispose());
        GC.SuppressFinalize(this);
    }

    public static TheoryData<ScalarType> Types => [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    [Theory]
    [MemberData(nameof(Types))]
    public void Chosen_entries_change_and_all_others_stay_bit_identical(ScalarType type)
    {
        using var net = Nets.Small(type);
        using var before = new Copy(net);

        Reset(net, Scheduler(net, OptimizerStateReset.Keep)).Should().BeTrue();

        foreach (var (name, parameter) in net.named_parameters())
        {
            foreach (var (row, column, bits) in Entries(parameter, Nets.Bits(parameter)))
            {
                var changed = !bits.SequenceEqual(Entries(parameter, Nets.Bits(before[name])).Single(e => (e.Row, e.Column) == (row, column)).Bits);
                changed.Should().Be(Writes(name, row, column), $"of {name}, row {row}, column {column}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Handle_type_device_layout_and_requires_grad_stay(ScalarType type)
    {
        using var net = Nets.Small(type);
        Nets.HeadOf(net).weight.requires_grad = false;
        var before = net.parameters().Select(Identity).ToList();

        Reset(net, Scheduler(net, OptimizerStateReset.Keep));

        net.parameters().Select(Identity).Should().Equal(before);

        static (IntPtr, ScalarType, string, bool, string, bool) Identity(Parameter p) =>
            (p.Handle, p.dtype, p.device.ToString(), p.requires_grad, string.Join(',', p.stride()), p.is_leaf);
    }

    [Fact]
    public void Same_seed_and_ordinal_same_bits_another_seed_or_ordinal_other_bits()
    {
        var first = BitsAfter(seed: 5, resets: 1);
        BitsAfter(seed: 5, resets: 1).Should().BeEquivalentTo(first);
        BitsAfter(seed: 6, resets: 1)[Drawn].Should().NotEqual(first[Drawn]);
        BitsAfter(seed: 5, resets: 2)[Drawn].Should().NotEqual(first[Drawn]);
    }

    [Fact]
    public void A_restored_scheduler_continues_with_the_same_bits()
    {
        using var net = Nets.Small();
        using var resumed = Nets.Small();
        var scheduler = Scheduler(net, OptimizerStateReset.Keep, seed: 3);
        Reset(net, scheduler);
        var restored = Scheduler(resumed, OptimizerStateReset.Keep, seed: 3);
        restored.State = scheduler.State;
        using (no_grad())
        {
            foreach (var (mine, its) in net.parameters().Concat(Remembered(scheduler.Policy)).Zip(resumed.parameters().Concat(Remembered(restored.Policy))))
            {
                its.copy_(mine);
            }
        }

        Reset(net, scheduler);
        Reset(resumed, restored);

        Nets.Bits(resumed).Should().BeEquivalentTo(Nets.Bits(net));
        Remembered(restored.Policy).Select(Nets.Bits).Should().BeEquivalentTo(Remembered(scheduler.Policy).Select(Nets.Bits), o => o.WithStrictOrdering());
        restored.State.Should().Be(scheduler.State);
    }

    [Theory]
    [InlineData(OptimizerStateReset.Keep)]
    [InlineData(OptimizerStateReset.Slice)]
    [InlineData(OptimizerStateReset.Parameter)]
    public void Optimizer_state_is_treated_as_asked(OptimizerStateReset state)
    {
        using var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        Nets.Step(net, optimizer);
        var moments = StateOf(optimizer, net).ToDictionary(s => s.Name, s => Nets.Bits(s.State.exp_avg_sq), StringComparer.Ordinal);

        Reset(net, Scheduler(net, state, [optimizer]));

        foreach (var (name, its) in StateOf(optimizer, net))
        {
            var before = Entries(its.exp_avg_sq, moments[name]);
            var touched = before.Exists(entry => Forgets(name, entry.Row, entry.Column));
            its.step.Should().Be(touched && state == OptimizerStateReset.Parameter ? 0 : 1, name);
            foreach (var (entry, (row, column, bits)) in before.Zip(Entries(its.exp_avg_sq, Nets.Bits(its.exp_avg_sq))))
            {
                var cleared = (state == OptimizerStateReset.Slice && Forgets(name, row, column)) || (state == OptimizerStateReset.Parameter && touched);
                bits.Should().Equal(cleared ? new byte[entry.Bits.Length] : entry.Bits, $"{name}, row {row}, column {column}");
            }
        }
    }

    [Fact]
    public void Nothing_is_written_when_a_later_rewrite_is_refused()
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1, momentum: 0.9);
        Nets.Step(net, optimizer);
        var policy = Made(net, OptimizerStateReset.Slice);
        BeforeReset(net);
        var before = Nets.Bits(net);
        var remembered = Remembered(policy).ConvertAll(Nets.Bits);
        var refused = new WritePolicy(context =>
        {
            policy.Apply(context);
            context.Reset(Nets.HeadOf(net).weight, ParameterSlice.Rows(Nets.Units), Initializer.Zeros());
        });
        var scheduler = Nets.Scheduler(net, refused, [optimizer]);

        scheduler.Invoking(s => s.Signal(BoundaryKind.ClassBoundary, 2)).Should().Throw<ArgumentOutOfRangeException>();

        Nets.Bits(net).Should().BeEquivalentTo(before);
        Remembered(policy).ConvertAll(Nets.Bits).Should().BeEquivalentTo(remembered, o => o.WithStrictOrdering());
        scheduler.State.Should().Be(new ZapSchedulerState(0, 0));
    }

    private Dictionary<string, byte[]> BitsAfter(ulong seed, int resets)
    {
        using var net = Nets.Small();
        var scheduler = Scheduler(net, OptimizerStateReset.Keep, seed: seed);
        for (var i = 0; i < resets; i++)
        {
            Reset(net, scheduler);
        }

        return Nets.Bits(net);
    }

    private IResetPolicy Made(Sequential net, OptimizerStateReset state)
    {
        var policy = Policy(net, state);
        if (policy is IDisposable disposable)
        {
            _made.Add(disposable);
        }

        return policy;
    }

    private ZapScheduler Scheduler(Sequential net, OptimizerStateReset state, IEnumerable<optim.Optimizer>? optimizers = null, ulong seed = 0) =>
        Nets.Scheduler(net, Made(net, state), optimizers, seed);

    private bool Reset(Sequential net, ZapScheduler scheduler)
    {
        BeforeReset(net);
        return scheduler.Signal(BoundaryKind.ClassBoundary, 2);
    }

    private static List<Tensor> Remembered(IResetPolicy policy) =>
        policy is IStatefulResetPolicy stateful ? [.. stateful.State.Select(s => s.Value)] : [];

    private static List<(int Row, int Column, byte[] Bits)> Entries(Tensor tensor, byte[] bits)
    {
        var columns = tensor.dim() == 1 ? 1 : (int)tensor.shape[1];
        return [.. bits.Chunk(bits.Length / (int)tensor.numel()).Select((entry, i) => (i / columns, i % columns, entry))];
    }

    private static IEnumerable<(string Name, Adam.State State)> StateOf(Adam optimizer, Sequential net) =>
        net.named_parameters().Select(p => p.name).Zip(optimizer.state_dict().State.Cast<Adam.State>());

    private sealed class Copy : IDisposable
    {
        private readonly Dictionary<string, Tensor> _values;

        public Copy(nn.Module net) =>
            _values = net.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone(), StringComparer.Ordinal);

        public Tensor this[string name] => _values[name];

        public void Dispose()
        {
            foreach (var value in _values.Values)
            {
                value.Dispose();
            }
        }
    }
}
