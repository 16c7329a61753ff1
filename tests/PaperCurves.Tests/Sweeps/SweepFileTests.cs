using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Training;
using Zapping.Training.Initializers;
using Zapping.Training.Transfer;

namespace PaperCurves.Tests.Sweeps;

public sealed class SweepFileTests
{
    [Fact]
    public void Every_key_is_read()
    {
        const string Yaml =
            """
            name: all
            preset: quick
            networks:
              recipe: { method: iid, zap: true, zap_rows: 5, zap_fan: per_row, zap_bias: zero, zap_optimizer_state: slice, zap_period: 19,
                        schedule: cosine, learning_rate: 3e-3, length: 11, width: 12, batch_size: 13, save_every: 14, seeds: [1, 18446744073709551615] }
              meta:   { method: meta-asb, zap: false, inner_learning_rate: 0.01, first_order: true, remember_images: 15, seeds: [3] }
            transfers:
              one:   { protocol: sequential, trains: head, classes: 5, support: 6, query: 7, softmax: task, evaluate_every: 8, learning_rates: [1e-4], trials: 3, networks: [meta] }
              two:   { protocol: iid, learning_rates: [1], trials: 1, batch_size: 9, epochs: 10, evaluate_at: [1, 4] }
              three: { protocol: least_squares, trials: 2 }
            """;

        var sweep = SweepFile.Parse(Yaml, "all.yaml");

        (sweep.Name, sweep.Preset.Name, sweep.Model, sweep.Validation).Should().Be(("all", "quick", "convnet", null));
        var cells = SweepCells.Of(sweep, SweepSample.Noise(transferClasses: 100));
        var recipe = cells.Networks[1].Plan;
        recipe.Should().Be(PaperPlans.For("quick", Method.Iid, "convnet", zap: true, SweepSample.Data, ulong.MaxValue) with
        {
            ZapRows = 5,
            ZapFan = KaimingFan.PerRow,
            ZapBias = BiasReset.Zero,
            ZapOptimizerState = OptimizerStateReset.Slice,
            ZapPeriod = 19,
            Schedule = RateSchedule.Cosine,
            LearningRate = 3e-3,
            Length = 11,
            Width = 12,
            BatchSize = 13,
            SaveEvery = 14,
        });
        cells.Networks[2].Plan.Should().Be(PaperPlans.For("quick", Method.MetaAsb, "convnet", zap: false, SweepSample.Data, 3) with
        {
            InnerLearningRate = 0.01,
            FirstOrder = true,
            RememberImages = 15,
        });
        sweep.Transfers[0].Settings.Should().BeEquivalentTo(new TransferSettings
        {
            Protocol = TransferProtocol.Sequential,
            Trains = Trained.Head,
            Classes = 5,
            Support = 6,
            Query = 7,
            Softmax = ClassMask.Task,
            EvaluateEvery = 8,
        });
        sweep.Transfers[1].Settings.Should().BeEquivalentTo(new TransferSettings
        {
            Protocol = TransferProtocol.Iid,
            Classes = 100,
            BatchSize = 9,
            Epochs = 10,
            EvaluateAt = [1, 4],
        });
        sweep.Transfers.Select(transfer => (transfer.Trials, Networks: string.Join(' ', transfer.Networks), transfer.LearningRates.Count))
            .Should().Equal((3, "meta", 1), (1, "recipe meta", 1), (2, "recipe meta", 0));
    }

    [Fact]
    public void A_preset_gives_what_is_not_said()
    {
        var settings = SweepFile.Parse(SweepSample.Yaml, SweepSample.File).Transfers.Select(transfer => transfer.Settings).ToList();

        settings[0].Should().BeEquivalentTo(new TransferSettings { Protocol = TransferProtocol.Sequential, Trains = Trained.Head, Classes = 12, EvaluateEvery = 4 });
        settings[1].Should().BeEquivalentTo(new TransferSettings { Protocol = TransferProtocol.Iid, Classes = 12, BatchSize = 64, Epochs = 1, EvaluateAt = [1, 3, 6] });
    }

    [Theory]
    [InlineData("model: convnet", "modell: convnet", 3, "the file: there is no key 'modell'; did you mean 'model'? There are name, preset, model, networks, transfers, validation")]
    [InlineData("model: convnet", "model: vgg", 3, "model is 'vgg'; it must be one of convnet, anml, oml, resnet18")]
    [InlineData("preset: smoke", "preset: [smoke]", 2, "preset is a list; it must be one of quick, paper, smoke")]
    [InlineData("preset: smoke", "", 1, "the file: 'preset' is missing")]
    [InlineData("name: sample", "name: ../a", 1, "name is '../a'; it must be a name of at most 40 lower-case letters, digits, '-' and '_', the first a letter or digit")]
    [InlineData("name: sample", "name: sample\nname: again", 2, "this is no YAML: Duplicate key name")]
    [InlineData("{ protocol: sequential,", "{[ protocol: sequential,", 8, "this is no YAML: brackets do not match, or a key is missing")]
    [InlineData("  iid:     {", "   : iid:     {", 6, "this is no YAML: brackets do not match, or a key is missing")]
    [InlineData("seeds: [1, 2] }", "seeds: [1, 2 }", 5, "this is no YAML: While parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("zap_rows: 7", "zap_row: 7", 6, "networks.iid-zap: there is no key 'zap_row'; did you mean 'zap_rows'? There are method, zap, seeds, length, width, classes, learning_rate, save_every, batch_size, schedule, zap_rows, zap_period, zap_fan, zap_bias, zap_optimizer_state, inner_learning_rate, remember_images, first_order")]
    [InlineData("zap_rows: 7", "zap_rows: 0", 6, "networks.iid-zap.zap_rows is '0'; it must be a whole number from 1 to 1000000")]
    [InlineData("zap_rows: 7", "zap_rows: '7'", 6, "networks.iid-zap.zap_rows is '7'; it must be a whole number from 1 to 1000000")]
    [InlineData("zap_rows: 7", "zap_fan: rows", 6, "networks.iid-zap.zap_fan is 'rows'; it must be one of per_row, as_published")]
    [InlineData("zap_rows: 7", "inner_learning_rate: 0.1", 6, "networks.iid-zap.inner_learning_rate: it changes nothing here; it is for the methods asb and meta-asb")]
    [InlineData("zap: false", "zap: false, zap_rows: 7", 5, "networks.iid.zap_rows: it changes nothing here; it is for networks with zap: true and method: iid")]
    [InlineData("zap: false", "zap: no", 5, "networks.iid.zap is 'no'; it must be true or false")]
    [InlineData("method: iid, zap: false", "method: maml, zap: false", 5, "networks.iid.method is 'maml'; it must be one of iid, asb, meta-asb")]
    [InlineData("seeds: [1, 2]", "seeds: []", 5, "networks.iid.seeds is a list; it must be a list of at least one value, such as [1, 2]")]
    [InlineData("seeds: [1, 2]", "seeds: [1, -2]", 5, "networks.iid.seeds is '-2'; it must be a whole number from 0 to 18446744073709551615")]
    [InlineData("seeds: [1, 2]", "seeds: [1,000]", 5, "networks.iid.seeds is '000'; it must be a whole number from 0 to 18446744073709551615")]
    [InlineData("seeds: [1, 2]", "seeds: [1_000]", 5, "networks.iid.seeds is '1_000'; it must be a whole number from 0 to 18446744073709551615")]
    [InlineData("seeds: [1, 2]", "seeds: [1e3]", 5, "networks.iid.seeds is '1e3'; it must be a whole number from 0 to 18446744073709551615")]
    [InlineData("zap_rows: 7", "zap_rows: 0x10", 6, "networks.iid-zap.zap_rows is '0x10'; it must be a whole number from 1 to 1000000")]
    [InlineData("zap_rows: 7", "zap_rows: 010", 6, "networks.iid-zap.zap_rows is '010'; it must be a whole number from 1 to 1000000")]
    [InlineData("zap_rows: 7", "zap_rows: 7.0", 6, "networks.iid-zap.zap_rows is '7.0'; it must be a whole number from 1 to 1000000")]
    [InlineData("zap_rows: 7", "zap_rows: ７", 6, "networks.iid-zap.zap_rows is '７'; it must be a whole number from 1 to 1000000")]
    [InlineData("zap: false", "zap: false, learning_rate: .inf", 5, "networks.iid.learning_rate is '.inf'; it must be a learning rate above 0 and at most 1, such as 1e-3")]
    [InlineData("zap: false", "zap: false, learning_rate: -0", 5, "networks.iid.learning_rate is '-0'; it must be a learning rate above 0 and at most 1, such as 1e-3")]
    [InlineData("seeds: [1, 2]", "seeds: [1, 1]", 5, "networks.iid.seeds: 1 is there twice")]
    [InlineData("  iid:     { method", "  IID:     { method", 5, "networks.IID: its name must be a name of at most 40 lower-case letters, digits, '-' and '_', the first a letter or digit")]
    [InlineData("learning_rates: [1e-3, 5.5e-3]", "learning_rates: [1e-3, 0.001]", 8, "transfers.head.learning_rates: 0.001 is there twice")]
    [InlineData("learning_rates: [1e-3, 5.5e-3]", "learning_rates: [1e-3, 0]", 8, "transfers.head.learning_rates is '0'; it must be a learning rate above 0 and at most 1, such as 1e-3")]
    [InlineData("learning_rates: [1e-3, 5.5e-3]", "learning_rates: 1e-3", 8, "transfers.head.learning_rates is '1e-3'; it must be a list of at least one value, such as [1, 2]")]
    [InlineData("learning_rates: [1e-3, 5.5e-3], ", "", 8, "transfers.head: 'learning_rates' is missing")]
    [InlineData("protocol: least_squares", "protocol: least_squares, learning_rates: [1]", 10, "transfers.zero-shot.learning_rates: it changes nothing here; it is for the protocols sequential and iid")]
    [InlineData("protocol: least_squares", "protocol: least_squares, trains: head", 10, "transfers.zero-shot.trains: it changes nothing here; it is for the protocols sequential and iid")]
    [InlineData("networks: [iid] }", "networks: [iidd] }", 9, "transfers.iid.networks is 'iidd'; it must be one of iid, iid-zap")]
    [InlineData("epochs: 1,", "evaluate_at: [3, 1],", 9, "transfers.iid.evaluate_at: steps must ascend")]
    [InlineData("  iid:       {", "  a-lr1:     {", 9, "transfers.a-lr1: the name of a transfer must not hold '-lr', which stands before learning rates")]
    [InlineData("validation: { classes: 6, trials: 1 }", "validation: { classes: 6 }", 11, "validation: 'trials' is missing")]
    [InlineData("validation: { classes: 6, trials: 1 }", "validation:", 11, "validation is empty; it must be a mapping of keys to values")]
    [InlineData("validation: { classes: 6, trials: 1 }", "---\nname: b", 12, "a second document begins here; there must be one")]
    public void What_is_wrong_is_said_with_its_line(string right, string wrong, int line, string message)
    {
        SweepSample.Yaml.Should().Contain(right);
        var parse = () => SweepFile.Parse(SweepSample.Yaml.Replace(right, wrong, StringComparison.Ordinal), SweepSample.File);
        parse.Should().Throw<SweepException>().Which.Message.Should().Be($"sample.yaml:{line}: {message}");
    }

    [Fact]
    public void An_empty_file_and_a_file_of_another_kind_are_refused()
    {
        Refused("", "sample.yaml:1: the file is empty; it must be a mapping of keys to values");
        Refused("- a", "sample.yaml:1: the file is a list; it must be a mapping of keys to values");
        Refused("name: a\npreset: smoke\nnetworks: {}\ntransfers: {}", "sample.yaml:3: networks: there must be at least one");

        static void Refused(string yaml, string message) =>
            FluentActions.Invoking(() => SweepFile.Parse(yaml, SweepSample.File)).Should().Throw<SweepException>().WithMessage(message);
    }

    [Fact]
    public void The_sweeps_that_come_with_the_app_can_be_read()
    {
        SweepFile.BuiltIn.Should().Equal("full-grid", "omniglot", "quick", "recipes", "smoke");
        foreach (var name in SweepFile.BuiltIn)
        {
            SweepFile.Read(name).Name.Should().Be(name);
        }

        var paper = SweepSample.Noise(transferClasses: 659, size: 28);
        SweepCells.Of(SweepFile.Read("omniglot"), paper).Networks.Should().HaveCount(10);
        var grid = SweepCells.Of(SweepFile.Read("full-grid"), paper);
        grid.Networks.Should().HaveCount(18);
        grid.Transfers.Count(cell => cell.Pool == ClassPool.Test).Should().Be(18 * ((4 * 9 * 10) + 10));
    }

    [Fact]
    public void A_name_that_is_neither_file_nor_sweep_is_refused()
    {
        var read = () => SweepFile.Read("omniglott");
        read.Should().Throw<SweepException>()
            .WithMessage("omniglott: there is no such file, and no such sweep in the app; did you mean 'omniglot'? There are full-grid, omniglot, quick, recipes, smoke");
    }
}
