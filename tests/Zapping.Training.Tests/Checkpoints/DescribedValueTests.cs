using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>What a checkpoint holds of a run's set-up are typed values by stable keys.</summary>
[Collection(AloneCollection.Name)] // a resume sets the global generator
public sealed class DescribedValueTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-described-");
    private readonly CheckpointStore _store;

    public DescribedValueTests() => _store = new CheckpointStore(_folder.FullName);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
        _scope.Dispose();
    }

    [Theory]
    [InlineData("format", "3")]
    [InlineData("settings/clip/max_norm", "2.5")]
    [InlineData("settings/micro_batch_size", "2")]
    [InlineData("resets/0/schedule/every", "\"StepBoundary\"")]
    [InlineData("resets/0/schedule/period", "3")]
    [InlineData("resets/0/schedule/skip_first", "false")]
    [InlineData("resets/0/schedule/until", "null")]
    [InlineData("resets/0/schedule/seed", "18446744073709551615")]
    [InlineData("resets/0/options/head", "\"ByName(head)\"")]
    [InlineData("resets/0/options/units", "\"Random(2)\"")]
    [InlineData("resets/0/options/weights", "\"ShrinkAndPerturb(0.4, 0.1, LayerDefault)\"")]
    [InlineData("resets/0/options/bias", "\"Keep\"")]
    [InlineData("resets/0/options/allow_shared_weights", "false")]
    [InlineData("learning_rates/0/kind", "\"StepLR\"")]
    [InlineData("learning_rates/0/every", "\"EpochBoundary\"")]
    [InlineData("learning_rates/0/steps", "1")]
    [InlineData("learning_rates/0/options/step_size", "2")]
    [InlineData("learning_rates/0/options/gamma", "0.1")]
    [InlineData("observers/0/type", "\"RecoveryObserver\"")]
    [InlineData("observers/0/settings/events", "\"Resets\"")]
    [InlineData("frozen_parameters", "[\"body.bias\"]")]
    [InlineData("feed/kind", "\"epochs\"")]
    [InlineData("feed/settings/batch_size", "4")]
    [InlineData("feed/settings/inputs/shape", "[8, 6]")]
    [InlineData("feed/settings/inputs/dtype", "\"Float32\"")]
    [InlineData("feed/model/mode", "\"train\"")]
    public void A_checkpoint_has_typed_values(string path, string json)
    {
        using var net = Nets.Small();
        net.get_parameter("body.bias")!.requires_grad = false;
        using var sgd = optim.SGD(net.parameters(), 0.1);
        using var trainer = new ContinualTrainer(net, sgd).UseGradientAccumulation(2).UseGradientClipping(2.5)
            .UseZapping(
                new ResetSchedule(BoundaryKind.StepBoundary) { Period = 3, Seed = ulong.MaxValue },
                new ZapOptions { Head = Nets.Head, Units = UnitSelection.Random(2), Weights = Initializer.ShrinkAndPerturb() })
            .UseLearningRateScheduler(optim.lr_scheduler.StepLR(sgd, 2))
            .UseObserver(RecoveryObserver.OfResets());
        trainer.Fit(new ShuffledBatches(rand(8, 6), arange(8), 4), 1);
        var file = Described(_store.Save(trainer));
        var node = path.Split('/').Aggregate(file, (node, key) => node is JsonArray list ? list[int.Parse(key, CultureInfo.InvariantCulture)]! : node![key]!);
        DescriptionJson.Text(node).Should().Be(json);
    }

    [Fact]
    public void A_policy_of_ones_own_may_say_any_value()
    {
        var settings = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["truth"] = true,
            ["byte"] = (byte)7,
            ["long"] = long.MinValue,
            ["ulong"] = ulong.MaxValue,
            ["single"] = 0.1f,
            ["double"] = 1e-300,
            ["decimal"] = 1.25m,
            ["nan"] = double.NaN,
            ["infinity"] = float.NegativeInfinity,
            ["text"] = "a \"word\" and a newline\n, ü and \ud800",
            ["nothing"] = null,
            ["choice"] = BiasReset.Redraw,
            ["list"] = new object?[] { 1, "two", null, new[] { 3.5, double.PositiveInfinity } },
            ["lazy"] = Enumerable.Range(0, 3).Select(i => 2 * i),
            ["nested"] = new Dictionary<string, int>(StringComparer.Ordinal) { ["inner"] = 4 },
            ["strange"] = new Version(1, 2),
            ["formatted"] = new DateOnly(2026, 11, 30),
        };
        using (var saved = Run(settings))
        {
            var options = Described(_store.Save(saved.Trainer))["resets"]![0]!["options"]!.AsObject();
            Kinds(options).Should().Equal(
                JsonValueKind.True, JsonValueKind.Number, JsonValueKind.Number, JsonValueKind.Number, JsonValueKind.Number, JsonValueKind.Number, JsonValueKind.Number,
                JsonValueKind.String, JsonValueKind.String, JsonValueKind.String, JsonValueKind.Null, JsonValueKind.String, JsonValueKind.Array, JsonValueKind.Array, JsonValueKind.Object,
                JsonValueKind.String, JsonValueKind.String);
            DescriptionJson.Text(options["list"]).Should().Be("[1, \"two\", null, [3.5, \"Infinity\"]]");
            DescriptionJson.Text(options["lazy"]).Should().Be("[0, 2, 4]");
            DescriptionJson.Text(options["strange"]).Should().Be("\"1.2\"");
            DescriptionJson.Text(options["formatted"]).Should().Be("\"11/30/2026\"");
        }

        using (var same = Run(settings))
        {
            _store.Resume(same.Trainer).Should().NotBeNull("values that went through the file are the same");
        }

        settings["single"] = 0.2f;
        settings["nested"] = new Dictionary<string, int>(StringComparer.Ordinal) { ["inner"] = 5 };
        settings["list"] = Array.Empty<object>();
        settings["strange"] = new Version(1, 3);
        settings.Remove("truth");
        using var other = Run(settings);
        Refusal(other).Should().Contain("resets.0.truth was true and is absent; ")
            .And.Contain("resets.0.single was 0.1 and is 0.2; ").And.Contain("resets.0.list was [1, \"two\", null, [3.5, \"Infinity\"]] and is []; ")
            .And.Contain("resets.0.nested.inner was 4 and is 5; ").And.Contain("resets.0.strange was \"1.2\" and is \"1.3\". If")
            .And.Contain("Accept = [\"resets.0.truth\", \"resets.0.single\", \"resets.0.list\", \"resets.0.nested.inner\", \"resets.0.strange\"]");
    }

    [Fact]
    public void A_value_that_holds_itself_is_cut_off()
    {
        var endless = new List<object?>();
        endless.Add(endless);
        using var saved = Run(new Dictionary<string, object?>(StringComparer.Ordinal) { ["endless"] = endless });
        _store.Save(saved.Trainer);
        _store.Resume(saved.Trainer).Should().NotBeNull();
    }

    [Theory]
    [InlineData(true, "resets.0.rows.first", "resets.0.rate")]
    [InlineData(true, "resets.0.rows", "resets.0.rate")]
    [InlineData(true, "resets.0")]
    [InlineData(true, "resets")]
    [InlineData(true, "resets", "no.such.key", "")]
    [InlineData(false)]
    [InlineData(false, "")]
    [InlineData(false, "reset")]
    [InlineData(false, "resets.")]
    [InlineData(false, "resets.1")]
    [InlineData(false, "resets.0.row", "resets.0.rate")]
    [InlineData(false, "resets.0.rows.first.of", "resets.0.rate")]
    public void A_key_or_what_stands_before_a_dot_of_it_is_accepted(bool isEnough, params string[] accepted)
    {
        using (var saved = Run(Settings(1)))
        {
            _store.Save(saved.Trainer);
        }

        using var other = Run(Settings(2));
        var resume = () => _store.Resume(other.Trainer, new ResumeOptions { Accept = accepted });
        if (isEnough)
        {
            resume.Should().NotThrow();
        }
        else
        {
            resume.Should().Throw<CheckpointException>();
        }

        static Dictionary<string, object?> Settings(int value) => new(StringComparer.Ordinal)
        {
            ["rows"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["first"] = value },
            ["rate"] = value / 10.0,
        };
    }

    [Fact]
    public void Of_long_lists_what_differs_is_told()
    {
        using (var saved = Run(Names(0)))
        {
            _store.Save(saved.Trainer);
        }

        using var other = Run(Names(1));
        Refusal(other).Should().Contain("resets.0.names has \"n0\" no longer, \"n9\" newly. If");

        static Dictionary<string, object?> Names(int first) => new(StringComparer.Ordinal) { ["names"] = Enumerable.Range(first, 9).Select(i => $"n{i}").ToList() };
    }

    public static TheoryData<object, string> Texts => new()
    {
        { Initializer.KaimingNormal(), "KaimingNormal(PerRow)" },
        { Initializer.KaimingUniform(KaimingFan.AsPublished), "KaimingUniform(AsPublished)" },
        { Initializer.XavierNormal(), "XavierNormal" },
        { Initializer.XavierUniform(), "XavierUniform" },
        { Initializer.LayerDefault(), "LayerDefault" },
        { Initializer.LayerDefault(64), "LayerDefault(64)" },
        { Initializer.Zeros(), "Zeros" },
        { Initializer.Constant(0), "Zeros" },
        { Initializer.Constant(0.5), "Constant(0.5)" },
        { Initializer.Shift(1, -0.25), "Shift(1, -0.25)" },
        { Initializer.ShrinkAndPerturb(0.4, 0.1), "ShrinkAndPerturb(0.4, 0.1, LayerDefault)" },
        { UnitSelection.Default, "Default" },
        { UnitSelection.BoundaryClasses, "BoundaryClasses" },
        { UnitSelection.All, "All" },
        { UnitSelection.Random(4), "Random(4)" },
        { UnitSelection.Indices(3, 5), "Indices(3, 5)" },
        { UnitSelection.Where(unit => unit > 2), "Where" },
        { UnitSelection.From((_, _) => [1]), "From" },
        { HeadSelector.Single(), "Single" },
        { HeadSelector.Single(10), "Single(10)" },
        { HeadSelector.ByName("head"), "ByName(head)" },
        { HeadSelector.PerBoundary(_ => HeadSelector.Single()), "PerBoundary" },
        { HeadSelector.Parameter(() => null!), "Parameter" },
        { LayerRange.Last(1), "Last(1)" },
        { LayerRange.From("block4"), "From(block4)" },
        { ParameterFilter.All, "All" },
        { ParameterFilter.WithPrefix("a.", "b"), "WithPrefix(a., b)" },
        { ParameterFilter.Where(_ => true), "Where" },
    };

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public void Choices_are_written_as_their_factories(object choice, string text) => choice.ToString().Should().Be(text);

    private static JsonNode Described(Checkpoint saved) => JsonNode.Parse(File.ReadAllText(Path.Combine(saved.Path, "checkpoint.json")))!;

    private static IEnumerable<JsonValueKind> Kinds(JsonObject settings) => settings.Select(setting => setting.Value?.GetValueKind() ?? JsonValueKind.Null);

    private string Refusal(DescribedRun run) => _store.Invoking(s => s.Resume(run.Trainer)).Should().Throw<CheckpointException>().Which.Message;

    private static DescribedRun Run(IReadOnlyDictionary<string, object?> settings) => new(settings);

    private sealed class DescribedRun : IDisposable
    {
        private readonly Sequential _net = Nets.Small();
        private readonly optim.Optimizer _sgd;

        public DescribedRun(IReadOnlyDictionary<string, object?> settings)
        {
            _sgd = optim.SGD(_net.parameters(), 0.1);
            Trainer = new ContinualTrainer(_net, _sgd).UseReset(BoundaryKind.StepBoundary, new Own(settings));
        }

        public ContinualTrainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            _sgd.Dispose();
            _net.Dispose();
        }
    }

    private sealed class Own(IReadOnlyDictionary<string, object?> settings) : IResetPolicy, IDescribed
    {
        public IReadOnlyDictionary<string, object?> Description => settings;

        public void Apply(ResetContext context)
        {
        }
    }
}
