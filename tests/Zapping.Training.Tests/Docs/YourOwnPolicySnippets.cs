using CustomPolicy;
using FluentAssertions;
using Xunit;
using Zapping.Training.Conformance;
using Zapping.Training.Initializers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/your-own-policy.md, compiled and run. The policy itself is that of samples/CustomPolicy.</summary>
public sealed class YourOwnPolicySnippets
{
    public static TheoryData<string> Checks => [.. PolicyConformance.Checks];

    [Theory]
    [MemberData(nameof(Checks))]
    public void The_policy_of_the_guide_conforms(string check) => new WeakestRowsConformance().Check(check);

    // <conformance-test>
    [Fact]
    public void My_policy_conforms() => new WeakestRowsConformance().CheckAll();
    // </conformance-test>

    [Fact]
    public void A_trainer_resets_other_rows_while_the_first_ones_rest_and_repeats_itself()
    {
        var chosen = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            using var model = Nets.Small();
            using var optimizer = optim.Adam(model.parameters(), 1e-3);

            // <use-policy>
            using var trainer = new ContinualTrainer(model, optimizer)
                .UseWeakestRowsReset(new ResetSchedule(EpochBoundary) { Seed = 7 }, options => options.Count = 2);
            trainer.Schedulers[0].ResetCompleted += report => Console.WriteLine(
                $"{report.Policy} at {report.Boundary}: {string.Join(", ", report.Parameters.Select(write => $"{write.Parameter} {write.Slice}"))}");
            // </use-policy>
            trainer.Schedulers[0].ResetCompleted += report => chosen.Add(report.Parameters[0].Slice.ToString());
            trainer.BeginEpoch();
            trainer.BeginEpoch();
            chosen.Add(string.Join(' ', Nets.Bits(model)["head.weight"]));
        }

        chosen.Should().HaveCount(6);
        chosen[0].Should().Be("rows 3, 4").And.NotBe(chosen[1]);
        chosen[3..].Should().Equal(chosen[..3], "choice and values are functions of weights, seed and count");
    }

    [Fact]
    public void A_policy_runs_once_without_a_trainer()
    {
        using var model = Nets.Small();
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        var before = Nets.Bits(model);

        // <reset-now>
        using var policy = new WeakestRowsPolicy(model, new WeakestRowsOptions { Count = 2 });
        ZapScheduler.ResetNow(model, [optimizer], policy, seed: 7);
        // </reset-now>

        var after = Nets.Bits(model);
        after["head.weight"].Should().NotEqual(before["head.weight"]);
        after.Where(p => p.Key != "head.weight").Should().OnlyContain(p => p.Value.SequenceEqual(before[p.Key]));
        policy.State.Single().Value.data<long>().ToArray().Should().Equal(0, 0, 0, 1, 1, 0, 0, 0);
    }

    [Fact]
    public void Options_are_refused_by_name()
    {
        using var model = Nets.Small();
        FluentActions.Invoking(() => new WeakestRowsPolicy(model, new WeakestRowsOptions { Count = 0 }))
            .Should().Throw<ArgumentException>().WithMessage("Invalid WeakestRowsOptions: *Count*");
        FluentActions.Invoking(() => new WeakestRowsPolicy(model, new WeakestRowsOptions { Parameter = "tail.weight" }))
            .Should().Throw<ArgumentException>().WithMessage("*no parameter 'tail.weight'*");
    }

    [Fact]
    public void An_initializer_of_ones_own_sees_current_values()
    {
        using var model = Sequential(("head", Linear(8, 5)));
        using var before = model.get_parameter("head.weight")!.detach().clone();
        ZapScheduler.ResetNow(model, [], new ZapPolicy(new ZapOptions { Units = UnitSelection.Indices(1), Weights = new FlipSigns() }));
        using var sum = (before + model.get_parameter("head.weight")!.detach()).abs().sum(1);
        sum.data<float>().ToArray().Select(entry => entry > 0).Should().Equal(true, false, true, true, true);
    }
}

// <conformance>
/// <summary>Of the suite's model, rows 3 and 4 of the head have the smallest norms.</summary>
public sealed class WeakestRowsConformance : PolicyConformance
{
    protected override IResetPolicy CreatePolicy(Module<Tensor, Tensor> model, OptimizerStateReset optimizerState) =>
        new WeakestRowsPolicy(model, new WeakestRowsOptions { Count = 2, OptimizerState = optimizerState });

    protected override bool Writes(string parameter, int row, int column) => parameter == "head.weight" && row is (3 or 4);
}

// </conformance>

// <own-initializer>
public sealed class FlipSigns : Initializer
{
    public override bool NeedsCurrentValues => true;

    public override void Write(InitializerContext target) => target.Values.neg_();
}

// </own-initializer>
