using System.Reflection;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Resets;

/// <summary>Keep, Slice and Parameter for every managed optimizer, against a freshly made one.</summary>
public sealed class OptimizerStateTests
{
    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, OptimizerHelper>> Makers = new(StringComparer.Ordinal)
    {
        ["SGD"] = p => optim.SGD(p, 0.01),
        ["SGD with momentum"] = p => optim.SGD(p, 0.01, momentum: 0.9),
        ["Adam"] = p => optim.Adam(p, 0.01),
        ["Adam with amsgrad"] = p => optim.Adam(p, 0.01, amsgrad: true),
        ["AdamW"] = p => optim.AdamW(p, 0.01, amsgrad: true),
        ["fused SGD"] = p => new FusedSgd(p, 0.01),
        ["fused SGD with momentum"] = p => new FusedSgd(p, 0.01, momentum: 0.9),
        ["fused Adam"] = p => new FusedAdam(p, 0.01),
        ["fused Adam with amsgrad"] = p => new FusedAdam(p, 0.01, amsgrad: true),
        ["fused AdamW"] = p => new FusedAdamW(p, 0.01, amsgrad: true),
        ["NAdam"] = p => optim.NAdam(p, 0.01),
        ["RAdam"] = p => optim.RAdam(p, 0.01),
        ["Adamax"] = p => optim.Adamax(p, 0.01),
        ["RMSProp"] = p => optim.RMSProp(p, 0.01, momentum: 0.9, centered: true),
        ["Adagrad"] = p => optim.Adagrad(p, 0.01, initial_accumulator_value: 0.25),
        ["Adadelta"] = p => optim.Adadelta(p, 0.01),
        ["ASGD"] = p => optim.ASGD(p, 0.01),
        ["Rprop"] = p => optim.Rprop(p, 0.01),
    };

    public static TheoryData<string> Names => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Keep_leaves_all_state_alone(string name)
    {
        using var trained = new Trained(name);
        var before = trained.State("head.weight");
        trained.Zap(OptimizerStateReset.Keep);
        trained.State("head.weight").Should().BeEquivalentTo(before);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Slice_returns_the_rows_to_their_initial_state_and_keeps_the_rest(string name)
    {
        using var trained = new Trained(name);
        using var fresh = new Trained(name, steps: 0);
        var before = trained.State("head.weight");
        var initial = fresh.State("head.weight");

        trained.Zap(OptimizerStateReset.Slice);

        foreach (var (member, after) in trained.State("head.weight"))
        {
            var row = after.Length / Nets.Units;
            for (var unit = 0; unit < Nets.Units && after.Length >= Nets.Units; unit++)
            {
                // SGD makes its buffer with the first step; its initial state is then a buffer of zeros
                var start = initial.TryGetValue(member, out var value) ? value[(unit * row)..((unit + 1) * row)] : new double[row];
                after[(unit * row)..((unit + 1) * row)].Should().Equal(unit is 2 or 6 ? start : before[member][(unit * row)..((unit + 1) * row)], $"{member}, row {unit}");
            }
        }

        trained.State("body.weight").Should().NotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameter_starts_the_whole_parameter_anew_and_no_other(string name)
    {
        using var trained = new Trained(name);
        using var fresh = new Trained(name, steps: 0);
        var body = trained.State("body.weight");

        trained.Zap(OptimizerStateReset.Parameter);

        trained.State("head.weight").Should().BeEquivalentTo(fresh.State("head.weight"));
        trained.State("body.weight").Should().BeEquivalentTo(body);
        Nets.Step(trained.Net, trained.Optimizer); // and training goes on
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void State_not_yet_created_is_no_obstacle(string name)
    {
        using var fresh = new Trained(name, steps: 0);
        fresh.Zap(OptimizerStateReset.Slice);
        fresh.Zap(OptimizerStateReset.Parameter);
        Nets.Step(fresh.Net, fresh.Optimizer);
    }

    [Fact]
    public void The_head_is_found_in_any_parameter_group_and_in_several_optimizers()
    {
        using var net = Nets.Small();
        var (body, head) = (net.get_parameter("body.weight")!, Nets.HeadOf(net));
        using var grouped = optim.Adam([
            new Adam.ParamGroup([body, net.get_parameter("body.bias")!], lr: 1e-3),
            new Adam.ParamGroup([head.bias!, head.weight], lr: 1e-2)]);
        using var second = optim.SGD([head.weight], 0.01, momentum: 0.9);
        Nets.Step(net, grouped);
        Nets.Step(net, second);
        second.step();

        Nets.Zap(net, o => o.OptimizerState = OptimizerStateReset.Slice, optimizers: [grouped, second], classes: [1]);

        var moment = ((Adam.State)grouped.state_dict().State[3]).exp_avg;
        moment[1].count_nonzero().item<long>().Should().Be(0);
        moment[2].count_nonzero().item<long>().Should().BePositive();
        var buffer = ((SGD.State)second.state_dict().State[0]).momentum_buffer;
        buffer[1].count_nonzero().item<long>().Should().Be(0);
        buffer[2].count_nonzero().item<long>().Should().BePositive();
    }

    [Fact]
    public void A_cleared_row_of_Adam_with_a_long_history_first_moves_by_3_16_times_the_learning_rate()
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("head", Linear(1, 1, hasBias: false)));
        var weight = ((Linear)net.children().Single()).weight;
        using var optimizer = optim.Adam(net.parameters(), 1e-3);
        void StepWithGradient(float gradient)
        {
            weight.grad = full([1, 1], gradient);
            optimizer.step();
        }

        for (var i = 0; i < 20_000; i++)
        {
            StepWithGradient(1);
        }

        Nets.Zap(net, o => o.OptimizerState = OptimizerStateReset.Slice, classes: [0], optimizers: [optimizer]);
        var before = weight.item<float>();
        StepWithGradient(1);
        ((before - weight.item<float>()) / 1e-3).Should().BeApproximately(0.1 / Math.Sqrt(0.001), 0.01);
    }

    [Fact]
    public void An_optimizer_of_ones_own_is_refused_for_a_slice_by_the_name_of_its_state()
    {
        using var net = Nets.Small();
        using var own = new OwnOptimizer(net.parameters());
        FluentActions.Invoking(() => Nets.Zap(net, o => o.OptimizerState = OptimizerStateReset.Slice, optimizers: [own]))
            .Should().Throw<NotSupportedException>().WithMessage("*OwnState*Keep or Parameter*");
        Nets.Zap(net, o => o.OptimizerState = OptimizerStateReset.Parameter, optimizers: [own]).Should().BeTrue();
    }

    private sealed class Trained : IDisposable
    {
        public Trained(string optimizer, int steps = 3)
        {
            Net = Nets.Small();
            Optimizer = Makers[optimizer]([.. Net.parameters()]);
            for (var i = 0; i < steps; i++)
            {
                Nets.Step(Net, Optimizer, (ulong)i + 1);
            }
        }

        public Sequential Net { get; }

        public OptimizerHelper Optimizer { get; }

        public void Zap(OptimizerStateReset state) =>
            Nets.Zap(Net, o => o.OptimizerState = state, classes: [2, 6], optimizers: [Optimizer]);

        /// <summary>Every field of the state by name: a tensor as its values, a number as one value.</summary>
        public Dictionary<string, double[]> State(string parameter)
        {
            var index = Net.named_parameters().Select(p => p.name).ToList().IndexOf(parameter);
            var state = Optimizer.state_dict().State[index];
            var fields = state.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance);
            var values = new Dictionary<string, double[]>(StringComparer.Ordinal) { ["type"] = [] };
            foreach (var field in fields)
            {
                if (field.GetValue(state) is { } value)
                {
                    values[field.Name] = value is Tensor tensor
                        ? tensor.to(ScalarType.Float64).data<double>().ToArray()
                        : [Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)];
                }
            }

            return values;
        }

        public void Dispose()
        {
            Optimizer.Dispose();
            Net.Dispose();
        }
    }

    private sealed class OwnOptimizer : OptimizerHelper
    {
        public OwnOptimizer(IEnumerable<Parameter> parameters)
        {
            _parameter_groups = [new ParamGroup { Parameters = [.. parameters], Options = new OptimizerOptions { LearningRate = 0.1 } }];
            foreach (var parameter in _parameter_groups[0].Parameters)
            {
                _state[parameter.Handle] = new OwnState(parameter);
            }
        }
    }

    private sealed class OwnState(Parameter parameter) : OptimizerState(parameter)
    {
        public override void Initialize(OptimizerOptions options)
        {
        }

        public override void LoadStateDict(BinaryReader reader) => throw new NotSupportedException();

        public override void LoadStateDict(OptimizerState source) => throw new NotSupportedException();

        public override void SaveStateDict(BinaryWriter writer) => throw new NotSupportedException();
    }
}
