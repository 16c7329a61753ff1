using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>Whatever goes wrong in a step, it is said, nothing but the count of what has begun is changed, and training goes on as if that batch had never been there.</summary>
public sealed class FailedStepFuzzTests
{
    private const int Steps = 6;

    [Fact]
    public void A_step_that_fails_leaves_no_trace() => Cases(Fault.NanInput, Fault.LossWithoutGraph).Sample(
        faulty =>
        {
            using var scope = NewDisposeScope();
            using var run = new FaultyRun(faulty);
            for (var step = 0; step < Steps; step++)
            {
                for (var attempt = 0; step == faulty.At && attempt < faulty.Attempts; attempt++)
                {
                    if (!Fails(run, faulty))
                    {
                        return; // what was spoiled was not needed
                    }
                }

                run.Step(step);
            }

            if (!faulty.LeavesNoTrace)
            {
                return;
            }

            using var whole = new FaultyRun(faulty);
            Enumerable.Range(0, Steps).ToList().ForEach(whole.Step);
            run.Losses.Should().Equal(whole.Losses);
            Ending(run, faulty).ShouldBe(Ending(whole, faulty), "the batch that failed might never have been there");
        },
        iter: Fuzz.Iterations(150));

    [Fact]
    public void A_model_that_the_caller_has_damaged_is_not_damaged_further() => Cases(Fault.NanWeight, Fault.InfiniteBuffer).Sample(
        faulty =>
        {
            using var scope = NewDisposeScope();
            using var run = new FaultyRun(faulty);
            Enumerable.Range(0, faulty.At).ToList().ForEach(run.Step);
            run.Damage();
            Fails(run, faulty);
        },
        iter: Fuzz.Iterations(40));

    private static Gen<FaultyCase> Cases(Fault first, Fault last) =>
        from net in Odd.Of(FaultyNets.Kinds)
        from trainer in Odd.Of(FaultyRun.Trainers)
        from optimizer in Odd.Of([.. ManagedOptimizers.All.Keys])
        from policy in Odd.Of(FaultyRun.Policies)
        from clips in Gen.Bool
        from decays in Gen.Bool
        from fault in Gen.Int[(int)first, (int)last]
        from at in Gen.Int[0, Steps - 1]
        from place in Gen.Int[0, 20]
        from attempts in Gen.Int[1, 2]
        let made = new FaultyCase(net, trainer, optimizer, policy, clips, decays, (Fault)fault, at, place, attempts)
        where made.Fault != Fault.OneExample || (net == FaultyNets.Norm1d && !made.IsEpisodic)
        select made;

    private static bool Fails(FaultyRun run, FaultyCase faulty)
    {
        var failure = Record.Exception(run.Fail);
        if (failure is null)
        {
            var mayGoWell = faulty.IsOfModel || faulty.Fault == Fault.HugeInput || (faulty.IsNative && faulty.IsOfPass && !run.Pass.HasFired);
            mayGoWell.Should().BeTrue("a step must fail of which a part is no number");
            return false;
        }

        EnsureSaid(failure, run, faulty);
        TrainerBits.Of(run.Trainer).ShouldBe(run.Before, $"the step failed ({failure.Message})");
        return true;
    }

    private static void EnsureSaid(Exception failure, FaultyRun run, FaultyCase faulty)
    {
        (Type Type, string[] Words) expected = faulty.Fault switch
        {
            Fault.ThrownInLoss or Fault.ThrownInForward => (run.Pass.Thrown.GetType(), [run.Pass.Thrown.Message]),
            Fault.WiderInputs => (typeof(System.Runtime.InteropServices.ExternalException), ["shapes cannot be multiplied", "Unflatten", "unflatten"]), // the model's own
            Fault.NoExample when faulty.IsEpisodic => (typeof(ArgumentException), ["empty"]),
            Fault.OneExample => (typeof(InvalidOperationException), ["'norm' (BatchNorm1d)"]),
            Fault.LabelTooLarge => (typeof(ArgumentException), ["Class 8 has no unit"]),
            Fault.LabelNegative => (typeof(ArgumentException), ["Class -3 has no unit"]),
            Fault.LabelsOfInt32 => (typeof(ArgumentException), ["of type Int32"]),
            Fault.FractionsForLabels => (typeof(ArgumentException), ["of type Float32"]),
            Fault.FewerLabels => (typeof(ArgumentException), ["labels"]),
            Fault.ChangedInPlace => (typeof(InvalidOperationException), ["in place"]),
            Fault.LossOfTwoNumbers => (typeof(InvalidOperationException), ["must be a scalar"]),
            Fault.LossWithoutGraph => (typeof(InvalidOperationException), ["requires a gradient"]),
            Fault.NanLoss or Fault.InfiniteLoss when faulty.Call > FaultyRun.Inner + 1 => (typeof(InvalidOperationException), ["does not repeat itself"]), // on the way back
            Fault.NanWeight or Fault.InfiniteWeight when failure is InvalidOperationException => (typeof(InvalidOperationException), ["The reset was not made: "]), // before the step
            _ => (typeof(NonFiniteStepException), ["NaN", "infinite", "Infinity"]),
        };
        failure.Should().BeOfType(expected.Type, failure.ToString());
        expected.Words.Should().Contain(word => failure.Message.Contains(word, StringComparison.Ordinal), failure.Message);
        if (failure is NonFiniteStepException { Tensors: var named })
        {
            var known = run.Net.named_parameters().Select(p => p.name).Concat(run.Net.named_buffers().Select(b => b.name));
            named.Except(known, StringComparer.Ordinal).Where(name => !name.Contains("Policy ", StringComparison.Ordinal)).Should().BeEmpty("what is named should be there");
        }
    }

    private static SortedDictionary<string, string> Ending(FaultyRun run, FaultyCase faulty)
    {
        var bits = TrainerBits.Of(run.Trainer);
        if (faulty.IsEpisodic)
        {
            bits[TrainerBits.Counts] = $"{run.Trainer.State with { Classes = 0 }}";
        }

        return bits;
    }
}
