using System.Collections.Concurrent;
using FluentAssertions;
using PaperCurves.Progress;
using PaperCurves.Sweeps;
using PaperCurves.Tests.Commands;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class SweepRunnerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-runner-");

    private static SweepCells Cells => SweepSample.Cells;

    private static int Count => Cells.Networks.Count + Cells.Transfers.Count;

    private CellStore Store => new(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_makes_each_network_and_then_its_transfers_in_the_order_of_cells()
    {
        var work = new FakeCellExecutor();

        Run(work).Should().BeEquivalentTo(new SweepOutcome(Count, [], 0));

        work.Begun.Should().Equal(Cells.Networks.SelectMany(network =>
            Cells.Transfers.Where(cell => cell.Network == network).Select(cell => cell.Id).Prepend(network.Id)));
        Cells.Transfers.Should().OnlyContain(cell => Store.Find(cell) != null);
    }

    [Fact]
    public void A_second_run_makes_only_what_is_missing()
    {
        Run(new FakeCellExecutor());
        File.Delete(Path.Combine(_folder.FullName, "cells", "iid-s2", "head-lr1e-3-t2.json"));
        var work = new FakeCellExecutor();

        Run(work).Should().BeEquivalentTo(new SweepOutcome(1, [], 0));

        work.Begun.Should().Equal("iid-s2/head-lr1e-3-t2");
    }

    [Fact]
    public void A_cell_that_fails_costs_itself_and_is_tried_again_by_the_next_run()
    {
        const string Bad = "iid-s1/iid-lr1e-3-t1";
        var outcome = Run(Failing(Bad));

        (outcome.Made, outcome.Left).Should().Be((Count - 1, 0));
        var failure = outcome.Failures.Should().ContainSingle().Subject;
        (failure.Id, failure.Message).Should().Be((Bad, "InvalidOperationException: out of luck"));
        failure.Cause.Should().BeOfType<InvalidOperationException>();
        Store.FindFailure(Bad).Should().Contain("out of luck");
        Run(new FakeCellExecutor()).Made.Should().Be(1);
        Store.FindFailure(Bad).Should().BeNull();
    }

    [Fact]
    public void Who_is_to_stop_at_a_failure_begins_nothing_after_it()
    {
        var outcome = Run(Failing("iid-s1"), new SweepLimits(StopAtFailure: true));

        (outcome.Made, outcome.Failures.Count, outcome.Left).Should().Be((0, 1, Count - 1));
    }

    [Fact]
    public void A_network_that_is_there_already_is_transferred_and_not_trained()
    {
        var work = new FakeCellExecutor();
        Run(work, new SweepLimits("iid-s1"));
        var transfer = Cells.Transfers.First(cell => cell.Network.Id == "iid-s1");

        new SweepRunner(new SweepCells([], [transfer]), Store, work, new SilentProgress()).Run(new SweepLimits(), CancellationToken.None).Made.Should().Be(1);

        work.Begun.Should().Equal("iid-s1", transfer.Id);
    }

    [Fact]
    public void A_network_that_fails_costs_its_transfers_too()
    {
        var outcome = Run(Failing("iid-s1"));

        var lost = Cells.Transfers.Where(cell => cell.Network.Id == "iid-s1").Select(cell => (cell.Id, "its network iid-s1 could not be made"));
        outcome.Failures.Select(failure => (failure.Id, failure.Message)).Should().BeEquivalentTo([("iid-s1", "InvalidOperationException: out of luck"), .. lost]);
        outcome.Made.Should().Be(Count - outcome.Failures.Count);
    }

    [Fact]
    public void Cancelling_ends_it_and_keeps_what_is_finished()
    {
        using var source = new CancellationTokenSource();
        var work = new FakeCellExecutor { Before = id => Stop(id, source) };

        FluentActions.Invoking(() => Run(work, token: source.Token)).Should().Throw<OperationCanceledException>();

        work.Begun.Should().HaveCount(4);
        Run(new FakeCellExecutor()).Made.Should().Be(Count - 3);

        static void Stop(string id, CancellationTokenSource source)
        {
            if (id == Cells.Transfers[2].Id)
            {
                source.Cancel();
            }
        }
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_a_failure() =>
        Run(new FakeCellExecutor { Before = _ => throw new OperationCanceledException("by itself") }).Failures.Should().HaveCount(Count);

    [Fact]
    public void A_pattern_chooses_cells_and_the_networks_that_they_need()
    {
        var work = new FakeCellExecutor();
        Run(work, new SweepLimits("iid-s2/*zero*"));
        work.Begun.Should().Equal("iid-s2", "iid-s2/zero-shot-t1");

        FluentActions.Invoking(() => Run(work, new SweepLimits("asb*"))).Should().Throw<SweepException>()
            .WithMessage("no cell has an id that fits 'asb*'; one is 'iid-zap-s1/head-lr5.5e-3-t1-validation'");
    }

    [Fact]
    public void A_sweep_that_transfers_nothing_still_trains_and_answers()
    {
        var cells = SweepSample.Expand(
            """
            name: sample
            preset: smoke
            networks: { iid: { method: iid, zap: false, seeds: [1] } }
            transfers: { zero-shot: { protocol: least_squares, trials: 0 } }
            """);
        var store = new CellStore(_folder.FullName);
        var runner = new SweepRunner(cells, store, new FakeCellExecutor(), new SilentProgress());

        runner.Invoking(run => run.Run(new SweepLimits("asb*"), CancellationToken.None)).Should().Throw<SweepException>()
            .WithMessage("no cell has an id that fits 'asb*'; one is 'iid-s1'");
        runner.Run(new SweepLimits(), CancellationToken.None).Made.Should().Be(1);
    }

    [Fact]
    public void A_finished_network_whose_record_is_missing_is_completed()
    {
        Run(new FakeCellExecutor());
        var record = Path.Combine(_folder.FullName, "networks", "iid-s1", "pretraining.json");
        File.Delete(record);
        var work = new FakeCellExecutor();

        Run(work);

        work.Begun.Should().Equal("iid-s1");
        File.Exists(record).Should().BeTrue();
    }

    [Fact]
    public void When_time_is_up_no_further_cell_is_begun()
    {
        var work = new FakeCellExecutor();
        Run(work, new SweepLimits(Time: TimeSpan.Zero)).Should().BeEquivalentTo(new SweepOutcome(0, [], Count));
        work.Begun.Should().BeEmpty();
    }

    [Fact]
    public void A_damaged_result_stops_the_run_before_it_makes_anything()
    {
        Run(new FakeCellExecutor());
        File.Delete(Path.Combine(_folder.FullName, "cells", "iid-s1", "zero-shot-t1.json"));
        File.WriteAllText(Path.Combine(_folder.FullName, "cells", "iid-zap-s1", "zero-shot-t1.json"), "{");
        var work = new FakeCellExecutor();

        Directory.Delete(Path.Combine(_folder.FullName, "locks"), recursive: true);
        var before = Tree.Of(_folder.FullName);
        FluentActions.Invoking(() => Run(work)).Should().Throw<SweepException>();

        work.Begun.Should().BeEmpty();
        Tree.Of(_folder.FullName).Should().Equal(before, "not even a lock is made");
    }

    [Fact]
    public void A_second_start_says_how_much_is_there()
    {
        var reporter = new ToldBoard();
        Run(new FakeCellExecutor(), new SweepLimits("iid-s1/head*"));
        new SweepRunner(Cells, Store, new FakeCellExecutor(), reporter).Run(new SweepLimits(), CancellationToken.None);
        reporter.Told.Should().ContainSingle().Which.Should().StartWith($"In {_folder.FullName} ").And.EndWith($" of {Count} cells are there already and stay; the others are made.");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("iid-zap-s1")]
    public void A_folder_with_results_of_other_data_is_refused_whatever_is_asked_for(string only)
    {
        Run(new FakeCellExecutor(), new SweepLimits("iid-s1/head*"));
        Directory.Delete(Path.Combine(_folder.FullName, "networks"), recursive: true);
        var others = SweepCells.Of(SweepFile.Parse(SweepSample.Yaml, SweepSample.File), SweepSample.Data with { Name = "other" });
        var work = new FakeCellExecutor();

        var run = () => new SweepRunner(others, Store, work, new SilentProgress()).Run(new SweepLimits(only), CancellationToken.None);

        var before = Tree.Of(_folder.FullName);
        run.Should().Throw<SweepException>().WithMessage($"{_folder.FullName}*json:1: made by other settings than the sweep file now gives: *data is \"noise\", not \"other\"*");
        work.Begun.Should().BeEmpty();
        Tree.Of(_folder.FullName).Should().Equal(before);
    }

    [Fact]
    public void A_folder_with_networks_of_other_data_is_refused_whatever_is_asked_for()
    {
        FakeCellExecutor.SaveNetwork(Cells.Networks[0].Plan with { Data = "other" }, Store.NetworkFolder(Cells.Networks[0]));
        FluentActions.Invoking(() => Run(new FakeCellExecutor(), new SweepLimits("iid-s2"))).Should().Throw<SweepException>()
            .WithMessage($"{Store.NetworkFolder(Cells.Networks[0])}: trained by another plan than the sweep file now gives: data is \"other\", not \"noise\"*");
    }

    [Fact]
    public async Task Several_runners_share_a_folder_and_make_every_cell_once()
    {
        var works = Enumerable.Range(0, 3).Select(_ => new FakeCellExecutor { Before = _ => Thread.Sleep(5) }).ToList();

        var outcomes = await Task.WhenAll(works.Select(work => Task.Run(() => Run(work))));

        works.SelectMany(work => work.Begun).Should().BeEquivalentTo(
            Cells.Networks.Select(cell => cell.Id).Concat(Cells.Transfers.Select(cell => cell.Id)), "each exactly once");
        outcomes.Sum(outcome => outcome.Made).Should().Be(Count);
        outcomes.Should().OnlyContain(outcome => outcome.Left == 0 && outcome.Failures.Count == 0);
    }

    [Fact]
    public async Task What_another_holds_is_waited_for_and_taken_when_it_is_given_up()
    {
        var claim = Store.Claim("iid-s1");
        var work = new FakeCellExecutor();
        var reporter = new ToldBoard();
        var run = Task.Run(() => new SweepRunner(Cells, Store, work, reporter).Run(new SweepLimits(), CancellationToken.None));
        while (work.Begun.Count < Count - 1 - Cells.Transfers.Count(cell => cell.Network.Id == "iid-s1"))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        while (reporter.Told.IsEmpty)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        run.IsCompleted.Should().BeFalse();
        claim!.Dispose();

        (await run).Should().BeEquivalentTo(new SweepOutcome(Count, [], 0));
        work.Begun.Should().HaveCount(Count);
        reporter.Told.Should().ContainSingle().Which.Should().EndWith(" cells that others make, such as iid-s1: this process is at work on it.");
    }

    private sealed class ToldBoard : IProgressReporter
    {
        public ConcurrentQueue<string> Told { get; } = [];

        public IProgressLine Begin(string title, double total, string unit, double done = 0) => SilentProgress.Line;

        public void Say(string message) => Told.Enqueue(message);

        public void Warn(string message) => Told.Enqueue(message);
    }

    private static FakeCellExecutor Failing(string bad) => new()
    {
        Before = id =>
        {
            if (id == bad)
            {
                throw new InvalidOperationException("out of luck");
            }
        },
    };

    private SweepOutcome Run(FakeCellExecutor work, SweepLimits? limits = null, CancellationToken token = default) =>
        new SweepRunner(Cells, Store, work, new SilentProgress()).Run(limits ?? new SweepLimits(), token);
}
