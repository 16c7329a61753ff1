using CheckpointVictim;
using FluentAssertions;
using FluentAssertions.Execution;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>Processes that are really killed while they train and save.</summary>
[Collection(AloneCollection.Name)]
public sealed class KilledProcessTests(ITestOutputHelper output)
{
    private const int KillsPerMethod = 50;
    private const int LongestDelayInMilliseconds = 150; // some turns of training and saving

    [Fact]
    public async Task A_hundred_kills_at_random_moments_lose_no_more_than_the_work_since_the_last_save()
    {
        var threads = get_num_threads();
        try
        {
            var tallies = await Task.WhenAll(Enum.GetValues<VictimMethod>().Select(method => Task.Run(() => KillAgainAndAgain(method))));

            tallies.Sum(t => t.Kills).Should().Be(100);
            tallies.Sum(t => t.WhileSaving).Should().BeInRange(1, 99, "both saving and training are to be interrupted");
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private Tally KillAgainAndAgain(VictimMethod method)
    {
        var folder = Directory.CreateTempSubdirectory("zapping-kills-");
        try
        {
            using var reference = new VictimRun(method);
            var seed = 1 + (int)method;
            var moments = new Random(seed);
            var tally = new Tally(0, 0, 0, 0);
            while (tally.Kills < KillsPerMethod)
            {
                var delay = TimeSpan.FromMilliseconds(moments.Next(LongestDelayInMilliseconds));
                using var scope = new AssertionScope($"{method}, kill {tally.Kills} of seed {seed}, {delay.TotalMilliseconds} ms after the first save");
                tally = KillOnce(method, folder.FullName, delay, reference, tally);
            }

            output.WriteLine($"{method}: {tally}, {reference.Step} episodes");
            return tally;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Tally KillOnce(VictimMethod method, string folder, TimeSpan delay, VictimRun reference, Tally tally)
    {
        using var victim = new VictimProcess(method, folder);
        var saved = victim.KillAfterFirstSave(delay);
        tally = new Tally(
            tally.Kills + 1,
            tally.WhileSaving + (Directory.Exists(Path.Combine(folder, ".unfinished")) ? 1 : 0),
            tally.WhileRemoving + Directory.GetDirectories(folder, ".leaving-*").Length,
            tally.BeforeSaying);

        using var store = new CheckpointStore(folder);
        using var resumed = new VictimRun(method);
        FluentActions.Invoking(() => store.Resume(resumed.Trainer)).Should().NotThrow();

        resumed.Step.Should().BeOneOf([saved, saved + VictimRun.SaveEvery], "the last save that returned was {0}", saved);
        reference.TrainTo(resumed.Step);
        EnsureSameBits(resumed, reference);

        store.Checkpoints.Should().HaveCountGreaterThan(0).And.HaveCountLessThanOrEqualTo(3, "two are kept, and the third is new");
        Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName)
            .Should().BeEquivalentTo([".lock", .. store.Checkpoints.Select(c => c.Name)], "what was left has been cleared away");
        return resumed.Step > saved ? tally with { BeforeSaying = tally.BeforeSaying + 1 } : tally;
    }

    private static void EnsureSameBits(VictimRun resumed, VictimRun reference)
    {
        resumed.Trainer.State.Should().Be(reference.Trainer.State);
        resumed.Trainer.Schedulers.Select(s => s.State).Should().Equal(reference.Trainer.Schedulers.Select(s => s.State));

        var (found, expected) = (Bits(resumed), Bits(reference));
        found.Keys.Should().Equal(expected.Keys);
        found.Keys.Where(name => !found[name].AsSpan().SequenceEqual(expected[name])).Should().BeEmpty("every bit is to be as in a run without kills");
    }

    private static SortedDictionary<string, byte[]> Bits(VictimRun run)
    {
        var bits = new SortedDictionary<string, byte[]>(Nets.Bits(run.Model), StringComparer.Ordinal);
        foreach (var (state, i) in run.Optimizer.state_dict().State.Cast<Adam.State>().Select((state, i) => (state, i)))
        {
            bits.Add($"adam {i} step", BitConverter.GetBytes(state.step));
            bits.Add($"adam {i} mean", Nets.Bits(state.exp_avg));
            bits.Add($"adam {i} square", Nets.Bits(state.exp_avg_sq));
        }

        return bits;
    }

    /// <param name="Kills">All of them.</param>
    /// <param name="WhileSaving">Those that left an unfinished checkpoint.</param>
    /// <param name="WhileRemoving">Those that left a part of an old checkpoint.</param>
    /// <param name="BeforeSaying">Those between a whole checkpoint and the return of the save.</param>
    private sealed record Tally(int Kills, int WhileSaving, int WhileRemoving, int BeforeSaying);
}
