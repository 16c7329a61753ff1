using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies;

/// <summary>
/// What every policy must do. A new policy joins with a class of three lines; see <see cref="ZapConformance"/>.
/// </summary>
public abstract class PolicyConformance
{
    /// <summary>The policy, with the given treatment of optimizer state, for a net of <see cref="Nets.Small"/>.</summary>
    protected abstract IResetPolicy Policy(OptimizerStateReset state);

    /// <summary>Whether the policy writes this row of this parameter at a boundary of class 2.</summary>
    protected abstract bool Writes(string parameter, int row);

    public static TheoryData<ScalarType> Types => [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    [Theory]
    [MemberData(nameof(Types))]
    public void Chosen_entries_change_and_all_others_stay_bit_identical(ScalarType type)
    {
        using var net = Nets.Small(type);
        using var before = new Copy(net);

        Nets.Scheduler(net, Policy(OptimizerStateReset.Keep)).Signal(BoundaryKind.ClassBoundary, 2).Should().BeTrue();

        foreach (var (name, parameter) in net.named_parameters())
        {
            for (var row = 0; row < parameter.shape[0]; row++)
            {
                var changed = !Nets.RowBits(parameter, row).AsSpan().SequenceEqual(Nets.RowBits(before[name], row));
                changed.Should().Be(Writes(name, row), $"of {name}, row {row}");
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

        Nets.Scheduler(net, Policy(OptimizerStateReset.Keep)).Signal(BoundaryKind.ClassBoundary, 2);

        net.parameters().Select(Identity).Should().Equal(before);

        static (IntPtr, ScalarType, string, bool, string, bool) Identity(Parameter p) =>
            (p.Handle, p.dtype, p.device.ToString(), p.requires_grad, string.Join(',', p.stride()), p.is_leaf);
    }

    [Fact]
    public void Same_seed_and_ordinal_same_bits_another_seed_or_ordinal_other_bits()
    {
        var first = BitsAfter(seed: 5, resets: 1);
        BitsAfter(seed: 5, resets: 1).Should().BeEquivalentTo(first);
        BitsAfter(seed: 6, resets: 1)["head.weight"].Should().NotEqual(first["head.weight"]);
        BitsAfter(seed: 5, resets: 2)["head.weight"].Should().NotEqual(first["head.weight"]);
    }

    [Fact]
    public void A_restored_scheduler_continues_with_the_same_bits()
    {
        using var net = Nets.Small();
        using var resumed = Nets.Small();
        var scheduler = Nets.Scheduler(net, Policy(OptimizerStateReset.Keep), seed: 3);
        scheduler.Signal(BoundaryKind.ClassBoundary, 2);
        using (no_grad())
        {
            foreach (var (mine, its) in net.parameters().Zip(resumed.parameters()))
            {
                its.copy_(mine);
            }
        }

        var restored = Nets.Scheduler(resumed, Policy(OptimizerStateReset.Keep), seed: 3);
        restored.State = scheduler.State;
        scheduler.Signal(BoundaryKind.ClassBoundary, 2);
        restored.Signal(BoundaryKind.ClassBoundary, 2);

        Nets.Bits(resumed).Should().BeEquivalentTo(Nets.Bits(net));
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

        Nets.Scheduler(net, Policy(state), [optimizer]).Signal(BoundaryKind.ClassBoundary, 2);

        foreach (var (name, its) in StateOf(optimizer, net))
        {
            var rows = Enumerable.Range(0, (int)its.exp_avg_sq.shape[0]).ToList();
            var touched = rows.Any(row => Writes(name, row));
            its.step.Should().Be(touched && state == OptimizerStateReset.Parameter ? 0 : 1, name);
            foreach (var row in rows)
            {
                using var moment = its.exp_avg_sq.narrow(0, row, 1);
                var cleared = (state == OptimizerStateReset.Slice && Writes(name, row)) || (state == OptimizerStateReset.Parameter && touched);
                var length = moments[name].Length / rows.Count;
                Nets.Bits(moment).Should().Equal(cleared ? new byte[length] : moments[name].AsSpan(row * length, length).ToArray(), $"{name}, row {row}");
            }
        }
    }

    [Fact]
    public void Nothing_is_written_when_a_later_rewrite_is_refused()
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0.1, momentum: 0.9);
        Nets.Step(net, optimizer);
        var before = Nets.Bits(net);
        var policy = new WritePolicy(context =>
        {
            Policy(OptimizerStateReset.Slice).Apply(context);
            context.Rewrite(Nets.HeadOf(net).weight, ParameterSlice.Rows(Nets.Units), Rewriter.Zeros());
        });
        var scheduler = Nets.Scheduler(net, policy, [optimizer]);

        scheduler.Invoking(s => s.Signal(BoundaryKind.ClassBoundary, 2)).Should().Throw<ArgumentOutOfRangeException>();

        Nets.Bits(net).Should().BeEquivalentTo(before);
        scheduler.State.Should().Be(new ZapSchedulerState(0, 0));
    }

    private Dictionary<string, byte[]> BitsAfter(ulong seed, int resets)
    {
        using var net = Nets.Small();
        var scheduler = Nets.Scheduler(net, Policy(OptimizerStateReset.Keep), seed: seed);
        for (var i = 0; i < resets; i++)
        {
            scheduler.Signal(BoundaryKind.ClassBoundary, 2);
        }

        return Nets.Bits(net);
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

public sealed class ZapConformance : PolicyConformance
{
    protected override IResetPolicy Policy(OptimizerStateReset state) =>
        new ZapPolicy(new ZapOptions { Head = Nets.Head, Bias = BiasReset.Redraw, OptimizerState = state });

    protected override bool Writes(string parameter, int row) =>
        parameter.StartsWith("head", StringComparison.Ordinal) && row == 2;
}

public sealed class ShrinkAndPerturbConformance : PolicyConformance
{
    protected override IResetPolicy Policy(OptimizerStateReset state) =>
        new ShrinkAndPerturbPolicy(new ShrinkAndPerturbOptions { OptimizerState = state });

    protected override bool Writes(string parameter, int row) => true;
}
