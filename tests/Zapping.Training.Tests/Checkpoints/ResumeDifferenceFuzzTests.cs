using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Resuming;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A run that is stopped and resumed ends as one in one go; and where the second one differs in one thing, that is refused by name with not a bit changed, or meant.</summary>
[Collection(AloneCollection.Name)] // a resume sets the global generator
public sealed class ResumeDifferenceFuzzTests : IDisposable
{
    private const int Steps = 11;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-difference-");
    private int _stores;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_difference_is_refused_by_name_or_meant() => Gen.Select(Setups(), Odd.Of(SetupDifference.All), Gen.Int[1, 9])
        .Where((setup, difference, _) => difference.Name == "nothing" || difference.Change(setup) != setup)
        .Sample(
            (setup, difference, stop) =>
            {
                using var scope = NewDisposeScope();
                using var store = new CheckpointStore(Path.Combine(_folder.FullName, $"{_stores++}"));
                using (var first = new ResumableRun(setup))
                {
                    first.Go(stop);
                    store.Save(first.Trainer);
                }

                using var second = new ResumableRun(difference.Change(setup));
                if (difference.Said.Count > 0)
                {
                    GoesOnOnlyIfThatIsMeant(second, store, setup, difference, stop);
                }
                else
                {
                    store.Resume(second.Trainer);
                    second.Go(Steps);
                    using var whole = new ResumableRun(setup);
                    whole.Go(Steps);
                    whole.Trainer.State.Steps.Should().Be(Steps);
                    second.Bits().ShouldBe(whole.Bits(), $"{difference.Name} differs");
                }
            },
            iter: Fuzz.Iterations(45),
            threads: 1,
            print: sample => $"{sample.Item1} differs in {sample.Item2.Name} after {sample.Item3} steps");

    private static Gen<ResumableSetup> Setups() =>
        from kind in Odd.Of(ResumableSetup.Epochs, ResumableSetup.Stream, ResumableSetup.Asb, ResumableSetup.MetaAsb)
        from flags in Gen.Bool.Array[9]
        from optimizer in Odd.Of([.. ResumableSetup.Optimizers.Keys])
        from policy in Odd.Of(ResumableSetup.Policies)
        from option in Gen.Int[0, ResumableSetup.PolicyOptions - 1]
        from schedule in Gen.Select(Odd.Of(BoundaryKind.StepBoundary, BoundaryKind.ClassBoundary), Gen.Long[1, 3], Gen.ULong[0, 5], Gen.Bool)
        from clipping in Odd.Of<double?>(null, 0.1, 1)
        from parts in Odd.Of<int?>(null, 2, 3)
        let plain = new ResumableSetup
        {
            Kind = kind,
            HasOtherInput = flags[0],
            HasOtherLabel = flags[1],
            HasOtherOrder = flags[2] && kind == ResumableSetup.Stream,
            Optimizer = optimizer,
            HasOtherOptions = flags[3],
            Policy = policy,
            PolicyOption = option,
            Schedule = new(schedule.Item1) { Period = schedule.Item2, Seed = schedule.Item3, SkipFirst = schedule.Item4 },
            Clipping = clipping,
            Parts = parts,
            Folds = flags[4],
            MovesHeadAlone = flags[5],
            PilesUp = flags[6],
            IsBodyFrozen = flags[7],
            IsInEvalMode = flags[8],
        }
        from rates in Odd.Of(SetupDifference.Rates(plain))
        from observer in Odd.Of(SetupDifference.Observers(plain))
        select plain with { Rates = rates, Observer = observer };

    private static void GoesOnOnlyIfThatIsMeant(ResumableRun run, CheckpointStore store, ResumableSetup setup, SetupDifference difference, int stop)
    {
        var before = run.Bits();
        Exception? refusal = Record.Exception(() => store.Resume(run.Trainer));
        if (refusal is null)
        {
            before = run.Bits();
            refusal = Record.Exception(() => run.Go(stop + 1));
            (refusal is InvalidOperationException).Should().BeTrue($"{difference.Name} differs, and the run must not go on ({refusal})");
        }
        else
        {
            refusal.Should().BeOfType<CheckpointException>();
        }

        difference.Said.Should().Contain(word => refusal!.Message.Contains(word, StringComparison.Ordinal), refusal!.Message);
        run.Bits().ShouldBe(before, "it was refused");

        if (refusal.Message.Split("Accept = [") is [_, var offered])
        {
            store.Resume(run.Trainer, new ResumeOptions { Accept = [.. offered.Split(']')[0].Split('"').Where((_, place) => place % 2 == 1)] });
            if (setup.Observer == "task matrix" && refusal is InvalidOperationException)
            {
                return; // which has its own say on a stream that comes to tasks again
            }

            run.Go(stop + 2);
            run.Trainer.State.Steps.Should().BeGreaterThan(stop, "what is said to be meant is gone on with");
        }
    }
}
