namespace Zapping.Training.Conformance.Checks;

/// <summary>New values are a function of seed, ordinal, model and what the policy remembers.</summary>
internal static class RandomnessChecks
{
    public static void SameSeedSameBits(Bench bench)
    {
        var (first, firstState) = After(bench, seed: 5, ordinal: 0);
        var (second, secondState) = After(bench, seed: 5, ordinal: 0);
        const string Problem = "differs from that of a second run with the same seed: randomness must come from ResetContext.Noise or InitializerContext.Noise";
        bench.EnsureSame(first, second, Problem);
        bench.EnsureSame(firstState, secondState, Problem);
    }

    public static void OtherSeedOtherBits(Bench bench) => EnsureOther(bench, After(bench, seed: 5, ordinal: 0).Model, After(bench, seed: 6, ordinal: 0).Model, "seed");

    public static void OtherOrdinalOtherBits(Bench bench)
    {
        EnsureOther(bench, After(bench, seed: 5, ordinal: 0).Model, After(bench, seed: 5, ordinal: 1).Model, "ordinal");
        if (bench.Suite.RandomParameter is not null)
        {
            EnsureOther(bench, After(bench, seed: 5, ordinal: 0).Model, After(bench, seed: 5, ordinal: 0, resets: 2).Model, "count of resets");
        }
    }

    private static void EnsureOther(Bench bench, Snapshot first, Snapshot other, string what)
    {
        if (bench.Suite.RandomParameter is not { } random)
        {
            bench.EnsureSame(first, other, $"depends on the {what}, although {nameof(PolicyConformance.RandomParameter)} is null, which says that nothing is random");
        }
        else if (first[random].FirstDifference(other[random]) is null)
        {
            throw bench.Failure(
                $"has the same bits with another {what}: random values must come from ResetContext.Noise or InitializerContext.Noise. Of a policy without randomness {nameof(PolicyConformance.RandomParameter)} is null.",
                new EntryPlace(random));
        }
    }

    private static (Snapshot Model, Snapshot State) After(Bench bench, ulong seed, long ordinal, int resets = 1)
    {
        var model = bench.Model();
        var policy = bench.Policy(model);
        var scheduler = bench.Scheduler(model, policy, seed: seed);
        scheduler.State = new ZapSchedulerState(ordinal, ordinal);
        for (var i = 0; i < resets; i++)
        {
            bench.Reset(model, scheduler);
        }

        return (Snapshot.OfModel(model), Snapshot.OfPolicy(policy));
    }
}
