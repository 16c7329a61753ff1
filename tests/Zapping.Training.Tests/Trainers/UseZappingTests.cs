using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Torch;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Trainers;

/// <summary>What work on resets studies can be said in one line: any optimizer, the whole classifier or a part, at the end of an epoch.</summary>
public sealed class UseZappingTests
{
    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, optim.Optimizer>> Optimizers = new(StringComparer.Ordinal)
    {
        ["SGD"] = p => optim.SGD(p, 0.05),
        ["SGD with momentum"] = p => optim.SGD(p, 0.05, momentum: 0.9, weight_decay: 1e-3),
        ["Adam"] = p => optim.Adam(p, 0.01),
        ["AdamW"] = p => optim.AdamW(p, 0.01, amsgrad: true),
        ["RMSProp"] = p => optim.RMSProp(p, 0.01, momentum: 0.9, centered: true),
        ["Adagrad"] = p => optim.Adagrad(p, 0.01, initial_accumulator_value: 0.25),
        ["Adadelta"] = p => optim.Adadelta(p, 0.1),
        ["Adamax"] = p => optim.Adamax(p, 0.01),
        ["NAdam"] = p => optim.NAdam(p, 0.01),
        ["RAdam"] = p => optim.RAdam(p, 0.01),
        ["ASGD"] = p => optim.ASGD(p, 0.01),
        ["Rprop"] = p => optim.Rprop(p, 0.01),
        ["fused SGD with momentum"] = p => new FusedSgd(p, 0.05, momentum: 0.9),
        ["fused Adam"] = p => new FusedAdam(p, 0.01),
        ["fused AdamW"] = p => new FusedAdamW(p, 0.01),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_optimizer_has_its_rows_and_what_it_remembers_of_them_reset(string name)
    {
        const int unit = 5;
        using var scope = NewDisposeScope();
        var (net, untrained) = (Nets.Small(), Nets.Small());
        using var optimizer = Optimizers[name](net.parameters());
        using var fresh = Optimizers[name](untrained.parameters());
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(every: ClassBoundary, o =>
        {
            o.Head = Nets.Head;
            o.OptimizerState = OptimizerStateReset.Slice;
        });
        Steps(trainer, 4);
        var (weights, memory, initial) = (Rows(Nets.HeadOf(net).weight), Memory(net, optimizer), Memory(untrained, fresh));

        trainer.BeginClass(unit);

        Changed(weights, Rows(Nets.HeadOf(net).weight)).Should().Equal(unit);
        foreach (var (field, rows) in Memory(net, optimizer))
        {
            var expected = initial.TryGetValue(field, out var known) ? known[unit] : new byte[rows[unit].Length];
            rows[unit].Should().Equal(expected, $"{field} of the reset row begins anew");
            Changed(memory[field], rows).Where(row => row != unit).Should().BeEmpty($"{field} of other rows stays");
        }

        Steps(trainer, 2);
        Nets.HeadOf(net).weight.isfinite().all().item<bool>().Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(Nets.Units)]
    public void A_part_of_the_classifier_is_reset_as_well_as_the_whole(int count)
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(every: EpochBoundary, o =>
        {
            o.Head = Nets.Head;
            o.Units = UnitSelection.Random(count);
        });
        var chosen = new HashSet<int>();
        for (var epoch = 0; epoch < 100; epoch++)
        {
            var before = Rows(Nets.HeadOf(net).weight);
            trainer.BeginEpoch();
            var changed = Changed(before, Rows(Nets.HeadOf(net).weight));
            changed.Should().HaveCount(count);
            chosen.UnionWith(changed);
        }

        chosen.Should().HaveCount(Nets.Units, "each time others are chosen");
    }

    [Fact]
    public void Unless_told_otherwise_an_epoch_resets_the_whole_classifier()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(every: EpochBoundary, o => o.Head = Nets.Head);
        var before = Rows(Nets.HeadOf(net).weight);
        trainer.BeginEpoch();
        Changed(before, Rows(Nets.HeadOf(net).weight)).Should().HaveCount(Nets.Units);
    }

    // The other run resets by hand, when each epoch has ended.
    [Fact]
    public void Resets_at_the_end_of_epochs_are_those_at_the_next_beginning_and_one_more_can_be_said_after_the_last()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var (inputs, labels) = (randn([12, 6], generator: generator), randint(0, Nets.Units, [12], generator: generator));
        var data = new ShuffledBatches(inputs, labels, batchSize: 5, seed: 4);
        var zap = new ZapOptions { Head = Nets.Head, Units = UnitSelection.All };

        var net = Nets.Small();
        using var optimizer = new FusedAdam(net.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(new ResetSchedule(EpochBoundary) { SkipFirst = true, Seed = 8 }, zap);
        trainer.Fit(data, epochs: 3);
        var fitted = Nets.Bits(net);
        trainer.BeginEpoch();
        trainer.EndEpoch();

        var byHand = Nets.Small();
        using var same = new FusedAdam(byHand.parameters(), 1e-2);
        using var plain = new ContinualTrainer(byHand, same);
        var scheduler = new ZapScheduler(byHand, [same], new ZapPolicy(zap), new ResetSchedule(EpochBoundary) { Seed = 8 });
        for (var epoch = 0; epoch < 3; epoch++)
        {
            plain.Fit(data, epochs: 1);
            if (epoch == 2)
            {
                Nets.Bits(byHand).Should().BeEquivalentTo(fitted, "no reset has come after the last epoch yet");
            }

            scheduler.Signal(EpochBoundary);
        }

        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(byHand));
        Nets.Bits(net)["head.weight"].Should().NotEqual(fitted["head.weight"]);
        trainer.State.Should().Be(new TrainerState(Steps: 9, Epochs: 4, Classes: 0, Tasks: 0));
    }

    /// <summary>Of what an optimizer remembers of each entry of the head's weight, the bits of each row by field.</summary>
    private static Dictionary<string, byte[][]> Memory(nn.Module net, optim.Optimizer optimizer)
    {
        var head = Nets.HeadOf(net).weight;
        var snapshot = new OptimizerSnapshot(optimizer, net.named_parameters().ToDictionary(p => TensorIdentity.Of(p.parameter), p => p.name));
        return snapshot.Tensors()
            .Where(field => field.Key.StartsWith("head.weight.", StringComparison.Ordinal) && field.Value.shape.AsSpan().SequenceEqual(head.shape))
            .ToDictionary(field => field.Key, field => Rows(field.Value), StringComparer.Ordinal);
    }

    private static byte[][] Rows(Tensor tensor) => [.. Enumerable.Range(0, Nets.Units).Select(row => Nets.RowBits(tensor, row))];

    private static List<int> Changed(byte[][] before, byte[][] after) =>
        [.. Enumerable.Range(0, before.Length).Where(row => !before[row].AsSpan().SequenceEqual(after[row]))];

    private static void Steps(ContinualTrainer trainer, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            using var generator = new Generator((ulong)step);
            trainer.TrainStep(randn([8, 6], generator: generator), randint(0, Nets.Units, [8], generator: generator));
        }
    }
}
