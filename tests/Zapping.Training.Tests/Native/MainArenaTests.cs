using System.Globalization;
using FluentAssertions;
using Microsoft.Extensions.Logging;
using Xunit;
using Zapping.Training.Native;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Tests.Telemetry;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Native;

[Collection(AloneCollection.Name)] // counts the process's page faults, and limits its arenas
public sealed class MainArenaTests
{
    private const long Floats = 18 << 20; // 72 MiB, more than a heap of another arena holds
    private const long Pages = Floats * sizeof(float) / 4096;

    [Fact]
    public async Task Work_is_done_on_a_thread_whose_large_blocks_are_kept()
    {
        Assert.SkipUnless(NativeAllocator.KeepLargeBlocks() && MainArena.ServesThisThread() is not null, "no glibc, or the environment says otherwise");

        var (isMain, faults) = await NativeAllocator.RunAsync(() => (MainArena.ServesThisThread(), Faults(rounds: 12)));

        isMain.Should().BeTrue();
        faults.Should().BeLessThan(Pages / 10);
    }

    [Fact]
    public void Another_thread_gives_them_back_and_a_trainer_on_it_says_so_once()
    {
        Assert.SkipUnless(NativeAllocator.KeepLargeBlocks() && MainArena.ServesThisThread() is not null, "no glibc, or the environment says otherwise");
        Assert.SkipWhen(Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is not null, "the environment limits the arenas");
        var log = new RecordedLog(LogLevel.Information, ofMachine: true);
        var told = new List<(bool IsMain, long Faults, int Messages)>();
        for (var i = 0; i < 12 && !told.Exists(seen => !seen.IsMain); i++)
        {
            var thread = new Thread(() =>
            {
                var before = log.Entries.Count(entry => entry.Id == 41);
                using var model = nn.Linear(2, 2);
                using var optimizer = optim.SGD(model.parameters(), 0.1);
                using var trainer = new ContinualTrainer(model, optimizer).UseLogging(log);
                trainer.BeginEpoch();
                trainer.BeginEpoch();
                told.Add((MainArena.ServesThisThread()!.Value, Faults(rounds: 2), log.Entries.Count(entry => entry.Id == 41) - before));
            });
            thread.Start();
            thread.Join();
        }

        told.Should().Contain(seen => !seen.IsMain, "threads share arenas in turn");
        told.Should().OnlyContain(seen => seen.Messages == (seen.IsMain ? 0 : 1) && (seen.IsMain || seen.Faults > Pages * 9 / 10));
        log.Entries.Last(entry => entry.Id == 41).Text.Should().Contain("NativeAllocator.RunAsync").And.Contain("MALLOC_ARENA_MAX=1");
    }

    [Fact]
    public async Task Results_failures_and_cancellations_come_back()
    {
        (await NativeAllocator.RunAsync(() => 3)).Should().Be(3);
        await FluentActions.Awaiting(() => NativeAllocator.RunAsync(() => throw new InvalidDataException("bad"))).Should().ThrowAsync<InvalidDataException>().WithMessage("bad");
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        await FluentActions.Awaiting(() => NativeAllocator.RunAsync(canceled.Token.ThrowIfCancellationRequested)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Work_within_work_and_beside_work_is_done_too()
    {
        var inner = await NativeAllocator.RunAsync(() => NativeAllocator.RunAsync(() => 1).Result + 1);
        var beside = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => NativeAllocator.RunAsync(() => i)));

        inner.Should().Be(2);
        beside.Should().Equal(0, 1, 2, 3);
    }

    /// <summary>The fewest page faults of touching a large block that was touched and freed before; in the first rounds what alignment leaves over goes to the thread's cache.</summary>
    private static long Faults(int rounds)
    {
        return Enumerable.Range(0, rounds).Min(_ =>
        {
            var before = MinorFaults();
            ones(Floats).Dispose();
            return MinorFaults() - before;
        });

        // The tenth field of /proc/self/stat; the name, which may have spaces, is the second and in brackets.
        static long MinorFaults()
        {
            var stat = File.ReadAllText("/proc/self/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
        }
    }
}
