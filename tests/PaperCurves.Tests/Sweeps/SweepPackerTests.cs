using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report;
using PaperCurves.Sweeps;
using PaperCurves.Sweeps.Packed;
using PaperCurves.Tests.Commands;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class SweepPackerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-pack-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Live => At("live");

    private string Packed => At("packed");

    [Theory]
    [InlineData("*")]
    [InlineData("iid-s1/head*")]
    public async Task A_packed_sweep_has_the_same_report_tables_and_status_as_the_live_one(string only)
    {
        var live = FakeCellExecutor.Make(Live, only);
        live.SaveFailure("iid-zap-s1", new InvalidOperationException("out of luck"));

        var (packed, missing) = Pack(partial: true);

        (packed + missing).Should().Be(SweepSample.Cells.Networks.Count + SweepSample.Cells.Transfers.Count);
        var unpacked = SweepResults.In(Packed);
        unpacked.Should().BeOfType<PackedSweep>();
        SweepStatus.Of(SweepSample.Cells, unpacked).Cells.Should().Equal(SweepStatus.Of(SweepSample.Cells, live).Cells);
        await WriteAllAsync(live, At("of-live"));
        await WriteAllAsync(unpacked, At("of-packed"));
        Tree.Of(At("of-packed")).Should().Equal(Tree.Of(At("of-live"))).And.HaveCountGreaterThan(10);
    }

    [Fact]
    public void A_finished_sweep_becomes_three_files_that_hold_the_hashes_of_the_originals()
    {
        var live = FakeCellExecutor.Make(Live);

        Pack().Missing.Should().Be(0);

        Directory.GetFiles(Packed).Select(Path.GetFileName).Should().BeEquivalentTo("runs.json", "points.parquet", "steps.parquet");
        var runs = File.ReadAllText(Path.Combine(Packed, "runs.json"));
        string[] originals =
        [
            .. SweepSample.Cells.Transfers.Select(live.ResultPath),
            .. SweepSample.Cells.Networks.Select(cell => LogOf(live, cell)),
            .. SweepSample.Cells.Networks.Select(cell => Path.Combine(live.NetworkFolder(cell), PretrainingFolder.RecordFile)),
        ];
        originals.Should().AllSatisfy(file => runs.Should().Contain(PackedSweep.HashOf(File.ReadAllBytes(file))));
    }

    [Fact]
    public void The_same_sweep_gives_the_same_tables()
    {
        FakeCellExecutor.Make(Live);
        Pack();
        new SweepPacker("sample", SweepSample.Cells, new CellStore(Live)).Pack(At("again"), partial: false);

        File.ReadAllBytes(Path.Combine(At("again"), "points.parquet")).Should().Equal(File.ReadAllBytes(Path.Combine(Packed, "points.parquet")));
    }

    [Fact]
    public void An_unfinished_sweep_is_refused_unless_it_is_meant()
    {
        FakeCellExecutor.Make(Live, "iid-s1/head*");

        Refused("*cells have no result, such as iid-s2. 'sweep run' makes them; --partial packs*");
        Pack(partial: true).Missing.Should().BePositive();
    }

    [Fact]
    public void A_file_that_no_cell_asks_for_is_not_left_behind()
    {
        FakeCellExecutor.Make(Live);
        var stray = Path.Combine(Live, "cells", "iid-s1", "head-lr9-t1.json");
        File.WriteAllText(stray, "{}");

        Refused($"{stray}: the sweep file asks for no such cell*");
    }

    [Fact]
    public void A_result_without_the_record_of_its_network_is_refused()
    {
        var live = FakeCellExecutor.Make(Live);
        File.Delete(Path.Combine(live.NetworkFolder(SweepSample.Cells.Networks[0]), PretrainingFolder.RecordFile));

        Refused("*its network iid-s1 has no pretraining.json*", partial: true);
    }

    [Fact]
    public void A_log_that_ends_early_is_refused()
    {
        var live = FakeCellExecutor.Make(Live);
        var log = LogOf(live, SweepSample.Cells.Networks[0]);
        File.WriteAllText(log, File.ReadAllLines(log)[0] + "\n");

        Refused($"{log}: there are 0 steps in it, and the network was trained for 1*");
    }

    [Fact]
    public void A_damaged_cell_and_one_of_other_settings_are_refused()
    {
        var live = FakeCellExecutor.Make(Live);
        var cell = live.ResultPath(SweepSample.Cells.Transfers[0]);
        var text = File.ReadAllText(cell);

        File.WriteAllText(cell, text[..^9]);
        Refused($"{cell}:*damaged or cut short*");
        File.WriteAllText(cell, text.Replace("\"classes\": 12", "\"classes\": 11", StringComparison.Ordinal));
        Refused($"{cell}:1: made by other settings*");
    }

    [Fact]
    public void A_sweep_at_which_somebody_is_at_work_is_refused()
    {
        var live = FakeCellExecutor.Make(Live);
        using var claim = live.Claim("iid-s2");

        Refused("*is at work on iid-s2. Let it end");
    }

    [Fact]
    public void Neither_a_packed_sweep_nor_the_live_one_is_written_over()
    {
        FakeCellExecutor.Make(Live);
        Pack();

        Refused("*a packed sweep is here already. Move it away, or give another --out");
        FluentActions.Invoking(() => new SweepPacker("sample", SweepSample.Cells, new CellStore(Live)).Pack(Live, partial: false))
            .Should().Throw<SweepException>().WithMessage("*the folder of the live sweep itself*");
    }

    private (int Packed, int Missing) Pack(bool partial = false) => new SweepPacker("sample", SweepSample.Cells, new CellStore(Live)).Pack(Packed, partial);

    private void Refused(string message, bool partial = false)
    {
        var before = Tree.Of(_folder.FullName);
        FluentActions.Invoking(() => Pack(partial)).Should().Throw<SweepException>().WithMessage(message);
        Tree.Of(_folder.FullName).Should().Equal(before);
    }

    private static string LogOf(CellStore store, NetworkCell cell) => Path.Combine(store.NetworkFolder(cell), PretrainingRun.StepsFile);

    private static async Task WriteAllAsync(ISweepResults results, string folder)
    {
        ReproductionReport.Write(SweepReport.InputOf(SweepSample.Cells, results), Directory.CreateDirectory(folder).FullName);
        await SweepTables.WriteAsync(folder, SweepSample.Cells.Transfers, results, TestContext.Current.CancellationToken).ConfigureAwait(false);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
