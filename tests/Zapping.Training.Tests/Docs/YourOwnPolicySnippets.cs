using FluentAssertions;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/your-own-policy.md, compiled and run.</summary>
public sealed class YourOwnPolicySnippets
{
    [Fact]
    public void A_policy_with_noise_of_its_own_repeats_itself()
    {
        using var model = Sequential(("body", Linear(12, 8)), ("tanh", Tanh()), ("head", Linear(8, 5)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        var chosen = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            // <use-policy>
            using var trainer = new ContinualTrainer(model, optimizer)
                .UseReset(every: new(EpochBoundary) { Seed = 7 }, new ForgetSomeColumns("head.weight", share: 0.25));
            trainer.Schedulers[0].ResetCompleted += report => Console.WriteLine(
                $"{report.Policy} at {report.Boundary}: {string.Join(", ", report.Parameters.Select(r => $"{r.Parameter} {r.Slice}"))}");
            // </use-policy>
            trainer.Schedulers[0].ResetCompleted += report => chosen.Add(report.Parameters[0].Slice.ToString());
            trainer.BeginEpoch();
            trainer.BeginEpoch();
        }

        chosen.Should().HaveCount(4);
        chosen[2..].Should().Equal(chosen[..2], "the choice is a function of seed and count");
        chosen[0].Should().StartWith("columns ");
    }

    [Fact]
    public void A_rewriter_of_ones_own_sees_current_values()
    {
        using var model = Sequential(("head", Linear(8, 5)));
        using var before = model.get_parameter("head.weight")!.detach().clone();
        var scheduler = new ZapScheduler(
            model, [], new ZapPolicy(new ZapOptions { Units = UnitSelection.Indices(1), Weights = new FlipSigns() }), new ResetSchedule(StepBoundary));
        scheduler.Signal(StepBoundary);
        using var sum = (before + model.get_parameter("head.weight")!.detach()).abs().sum(1);
        sum.data<float>().ToArray().Select(entry => entry > 0).Should().Equal(true, false, true, true, true);
    }
}

// <policy-with-noise>
public sealed class ForgetSomeColumns(string weight, double share) : IResetPolicy
{
    public void Apply(ResetContext context)
    {
        var parameter = context.Model.get_parameter(weight)
            ?? throw new InvalidOperationException($"The model has no parameter '{weight}'.");
        var inputs = (int)parameter.shape[1];
        var columns = context.Noise("columns").Choose((int)Math.Ceiling(share * inputs), inputs);
        context.Reset(parameter, ParameterSlice.Columns(columns), Initializer.Zeros(), OptimizerStateReset.Slice);
    }
}

// </policy-with-noise>

// <own-initializer>
public sealed class FlipSigns : Initializer
{
    public override bool NeedsCurrentValues => true;

    public override void Write(InitializerContext target) => target.Values.neg_();
}

// </own-initializer>
