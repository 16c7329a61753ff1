using CsCheck;
using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class SweepCellsTests
{
    private static readonly string[] NetworkNames = ["a", "b", "a-s1", "b-2"];

    private static readonly string[] TransferNames = ["t", "t-t1", "z", "z-validation"];

    private static readonly Gen<int[]> Numbers = Gen.Int[1, 6].HashSet[1, 4].Select(set => set.ToArray());

    private static readonly Gen<Sweep> Sweeps =
        from networks in Gen.Int[0, 3].Select(i => NetworkNames[i]).HashSet[1, 3]
        from transfers in Gen.Int[0, 3].Select(i => TransferNames[i]).HashSet[1, 3]
        from seeds in Numbers
        from rates in Numbers
        from trials in Gen.Int[1, 3]
        from validation in Gen.Int[0, 2]
        select Make([.. networks], [.. transfers], seeds, rates, trials, validation);

    [Fact]
    public void Ids_say_what_a_cell_is()
    {
        SweepSample.Cells.Networks.Select(cell => cell.Id).Should().Equal("iid-s1", "iid-s2", "iid-zap-s1");
        SweepSample.Cells.Transfers.Where(cell => cell.Network.Id == "iid-s2").Select(cell => cell.Id).Should().Equal(
            "iid-s2/head-lr1e-3-t1",
            "iid-s2/head-lr5.5e-3-t1",
            "iid-s2/iid-lr1e-3-t1",
            "iid-s2/zero-shot-t1",
            "iid-s2/head-lr1e-3-t2",
            "iid-s2/head-lr5.5e-3-t2",
            "iid-s2/head-lr1e-3-t1-validation",
            "iid-s2/head-lr5.5e-3-t1-validation",
            "iid-s2/iid-lr1e-3-t1-validation");
        SweepSample.Cells.Transfers.Should().NotContain(cell => cell.Network.Network == "iid-zap" && cell.Transfer == "iid");
    }

    [Fact]
    public void Validation_has_its_own_number_of_classes()
    {
        SweepSample.Cells.Transfers.Where(cell => cell.Pool == ClassPool.Validation).Should().OnlyContain(cell => cell.Settings.Classes == 6);
        SweepSample.Cells.Transfers.Where(cell => cell.Pool == ClassPool.Test).Should().OnlyContain(cell => cell.Settings.Classes == 12);
    }

    [Fact]
    public void Ids_are_unique_and_safe_and_additions_change_no_other_cell() => Gen.Select(Sweeps, Sweeps).Sample((sweep, more) =>
    {
        var cells = Expand(sweep);
        var ids = cells.Transfers.Select(cell => cell.Id).Concat(cells.Networks.Select(cell => cell.Id)).ToList();
        ids.Should().OnlyHaveUniqueItems().And.OnlyContain(id => id.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || "-_./".Contains(letter, StringComparison.Ordinal)));

        var larger = Expand(Union(sweep, more)).Transfers.ToDictionary(cell => cell.Id, StringComparer.Ordinal);
        foreach (var cell in cells.Transfers)
        {
            larger[cell.Id].Should().BeEquivalentTo(cell);
        }
    });

    [Fact]
    public void Rates_are_written_shortest_and_never_share_a_form() => Gen.Double[1e-300, 1].Sample(rate =>
        double.Parse(RateName.Of(rate), System.Globalization.CultureInfo.InvariantCulture).Should().Be(rate));

    [Theory]
    [InlineData(0.001, "1e-3")]
    [InlineData(0.055, "5.5e-2")]
    [InlineData(0.00007, "7e-5")]
    [InlineData(1, "1e0")]
    [InlineData(0.1 + 0.2, "3.0000000000000004e-1")]
    public void Rates_are_written_as_in_the_paper(double rate, string name) => RateName.Of(rate).Should().Be(name);

    [Fact]
    public void Cells_of_one_network_and_one_draw_stand_together()
    {
        var draws = SweepSample.Cells.Transfers.Select(cell => (cell.Network.Id, cell.Pool, cell.Trial)).ToList();
        draws.Zip(draws.Skip(1)).Count(pair => pair.First != pair.Second).Should().Be(draws.Distinct().Count() - 1);
    }

    [Fact]
    public void Data_that_is_too_small_is_refused_with_the_line_of_the_transfer()
    {
        Refused(SweepSample.Noise(transferClasses: 17), "sample.yaml:8: transfers.head needs 12 classes and validation 6; noise has 17 to transfer to");
        Refused(SweepSample.Noise(transferClasses: 18, perClass: 19), "sample.yaml:8: transfers.head needs 15 support and 5 query images of each class; noise has 19");
        Refused(
            SweepSample.Noise(transferClasses: 18, size: 30),
            "sample.yaml:1: the model 'convnet' takes images of 28x28 with 1 channel, or 84x84 with 3; noise has 30x30 with 1");

        static void Refused(Zapping.Datasets.ClassificationData data, string message) =>
            FluentActions.Invoking(() => SweepCells.Of(SweepFile.Parse(SweepSample.Yaml, SweepSample.File), data)).Should().Throw<SweepException>().WithMessage(message);
    }

    private static SweepCells Expand(Sweep sweep) => SweepCells.Of(sweep, SweepSample.Data);

    private static Sweep Union(Sweep sweep, Sweep more) => Make(
        [.. sweep.Networks.Concat(more.Networks).Select(network => network.Name).Distinct(StringComparer.Ordinal)],
        [.. sweep.Transfers.Concat(more.Transfers).Select(transfer => transfer.Name).Distinct(StringComparer.Ordinal)],
        [.. sweep.Networks[0].Seeds.Union(more.Networks[0].Seeds).Select(seed => (int)seed)],
        [.. Rates(sweep).Union(Rates(more)).Select(rate => (int)(rate * 1e3))],
        Math.Max(sweep.Transfers[0].Trials, more.Transfers[0].Trials),
        Math.Max(sweep.Validation?.Trials ?? 0, more.Validation?.Trials ?? 0));

    private static IEnumerable<double> Rates(Sweep sweep) => sweep.Transfers.SelectMany(transfer => transfer.LearningRates);

    // Names that begin with z are of transfers without steps.
    private static Sweep Make(string[] networks, string[] transfers, int[] seeds, int[] rates, int trials, int validation) => new(
        "made.yaml",
        "made",
        PaperCurves.Sweeps.Preset.Smoke,
        "convnet",
        [.. networks.Select(name => new NetworkSweep(name, Method.Iid, true, [.. seeds.Select(seed => (ulong)seed)], plan => plan))],
        [
            .. transfers.Select(name => new TransferSweep(
                name,
                new TransferSettings { Protocol = name[0] == 'z' ? TransferProtocol.LeastSquares : TransferProtocol.Sequential, Classes = 12 },
                name[0] == 'z' ? [] : [.. rates.Select(rate => rate / 1e3)],
                trials,
                networks,
                1)),
        ],
        validation == 0 ? null : new ValidationSweep(6, validation));
}
