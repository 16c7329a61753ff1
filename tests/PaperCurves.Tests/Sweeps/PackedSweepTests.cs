using FluentAssertions;
using PaperCurves.Sweeps;
using PaperCurves.Sweeps.Packed;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class PackedSweepTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-pack-");

    public PackedSweepTests()
    {
        FakeCellExecutor.Make(At("live"));
        new SweepPacker("sample", SweepSample.Cells, new CellStore(At("live"))).Pack(At("packed"), partial: false);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Runs => Path.Combine(At("packed"), "runs.json");

    [Fact]
    public void A_table_that_was_changed_is_refused()
    {
        var table = Path.Combine(At("packed"), "points.parquet");
        var bytes = File.ReadAllBytes(table);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(table, bytes);

        Refused($"{Runs}:1: points.parquet is not the file that was packed with it: its SHA-256 is *");
    }

    [Fact]
    public void A_table_that_is_gone_is_named()
    {
        File.Delete(Path.Combine(At("packed"), "steps.parquet"));

        Refused($"{Runs}:1: it names steps.parquet, and there is no such file beside it*");
    }

    [Fact]
    public void Runs_that_are_cut_short_or_of_another_format_are_refused()
    {
        var text = File.ReadAllText(Runs);

        File.WriteAllText(Runs, text[..^30]);
        Refused($"{Runs}:*damaged or cut short*Put back the files that were packed");
        File.WriteAllText(Runs, text.Replace("\"format\": 1,", "\"format\": 2,", StringComparison.Ordinal));
        Refused($"{Runs}:1: its format is 2, not 1*");
        File.WriteAllText(Runs, text.Replace("\"settings\":0", "\"settings\":99", StringComparison.Ordinal));
        Refused($"{Runs}:1: damaged (*");
        File.WriteAllText(Runs, text.Replace("\"plan\":0,\"data_source\"", "\"plan\":-1,\"data_source\"", StringComparison.Ordinal));
        Refused($"{Runs}:1: damaged (*");
    }

    [Fact]
    public void Results_count_for_the_settings_that_made_them_alone()
    {
        var packed = SweepResults.In(At("packed"));
        var other = SweepSample.Expand(SweepSample.Yaml.Replace("zap_rows: 7", "zap_rows: 8", StringComparison.Ordinal));

        FluentActions.Invoking(() => other.Networks.Select(packed.FindRecord).ToList()).Should().Throw<SweepException>().WithMessage($"{Runs}: iid-zap-s1: trained by another plan*");
        FluentActions.Invoking(() => other.Transfers.Select(packed.Find).ToList()).Should().Throw<SweepException>().WithMessage($"{Runs}:1: made by other settings*");
    }

    [Fact]
    public void Cells_that_a_sweep_has_got_since_are_not_run()
    {
        var packed = SweepResults.In(At("packed"));
        var more = SweepSample.Expand(SweepSample.Yaml.Replace("seeds: [1, 2]", "seeds: [1, 2, 3]", StringComparison.Ordinal));

        var status = SweepStatus.Of(more, packed).Cells;

        status.Where(cell => cell.Network != "iid-s3").Should().OnlyContain(cell => cell.State == CellState.Done);
        status.Where(cell => cell.Network == "iid-s3").Should().OnlyContain(cell => cell.State == CellState.Missing);
    }

    private void Refused(string message) =>
        FluentActions.Invoking(() => SweepResults.In(At("packed"))).Should().Throw<SweepException>().WithMessage(message);

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
