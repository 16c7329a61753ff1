using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class SweepStatusTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-status-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Every_cell_has_a_state_and_what_is_left_is_estimated_from_means()
    {
        var (cells, store) = (SweepSample.Cells, new CellStore(_folder.FullName));
        new SweepRunner(cells, store, new FakeCellExecutor(), new SilentProgress()).Run(new SweepLimits("iid-s1/head*"), CancellationToken.None);
        store.SaveFailure("iid-s1/iid-lr1e-3-t1", new InvalidOperationException());
        using var claim = store.Claim("iid-s2");

        var status = SweepStatus.Of(cells, store);

        State("iid-s1", SweepStatus.Pretraining).Should().Equal(CellState.Done);
        State("iid-s2", SweepStatus.Pretraining).Should().Equal(CellState.Running);
        State("iid-zap-s1", SweepStatus.Pretraining).Should().Equal(CellState.Missing);
        State("iid-s1", "head").Should().HaveCount(6).And.OnlyContain(state => state == CellState.Done);
        State("iid-s1", "iid").Should().Equal(CellState.Failed, CellState.Missing);
        status.SecondsUsed.Should().Be(100 + (6 * 10));
        status.SecondsLeft.Should().Be((2 * 100) + (2 * 6 * 10), "two networks and the head transfers of two; no others have been made");
        status.Unknown.Should().Be(4 + 3, "i.i.d. transfers of two networks in two pools, zero-shot of three");

        IEnumerable<CellState> State(string network, string column) =>
            status.Cells.Where(cell => cell.Network == network && cell.Column == column).Select(cell => cell.State);
    }

    [Fact]
    public void Records_and_results_are_enough_and_nothing_is_written()
    {
        var (cells, store) = (SweepSample.Cells, new CellStore(_folder.FullName));
        var network = cells.Networks[0];
        FakeCellExecutor.SaveRecord(network.Plan, store.NetworkFolder(network), new PretrainingResult(default, 1, Seconds: 70, 1, 1, 1, 1, 1), new Circumstances());
        store.Save(cells.Transfers[0], FakeCellExecutor.Result(cells.Transfers[0]));
        var before = Directory.GetFileSystemEntries(_folder.FullName, "*", SearchOption.AllDirectories);

        var status = SweepStatus.Of(cells, store);

        status.SecondsUsed.Should().Be(70 + 10);
        status.Cells.Count(cell => cell.State == CellState.Done).Should().Be(2);
        Directory.GetFileSystemEntries(_folder.FullName, "*", SearchOption.AllDirectories).Should().BeEquivalentTo(before);
    }
}
