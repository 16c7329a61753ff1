using FluentAssertions;
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
        new SweepRunner(cells, store, new FakeCellWork(), new SilentBoard()).Run(new SweepLimits("iid-s1/head*"), CancellationToken.None);
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
}
