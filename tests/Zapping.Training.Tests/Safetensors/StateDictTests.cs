using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Checkpoints;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>Modules are saved and loaded whole, or not at all.</summary>
public sealed class StateDictTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose()
    {
        _scope.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void Every_parameter_and_buffer_comes_back_in_place()
    {
        using var saved = Net();
        saved.call(Words);
        StateDict.Save(saved, _path);
        using var loaded = Net();
        var handles = loaded.state_dict().ToDictionary(t => t.Key, t => t.Value.Handle, StringComparer.Ordinal);

        var report = StateDict.Load(loaded, _path);

        report.Loaded.Should().BeEquivalentTo(handles.Keys);
        State(loaded).Should().BeEquivalentTo(State(saved));
        loaded.state_dict().Should().OnlyContain(t => t.Value.Handle == handles[t.Key]);
        loaded.parameters().Should().OnlyContain(p => p.requires_grad);
    }

    [Fact]
    public void Optimizers_go_on_with_a_loaded_module()
    {
        var net = Nets.Small();
        using var optimizer = optim.Adam(net.parameters());
        Nets.Step(net, optimizer);
        StateDict.Save(net, _path);
        var before = Nets.Bits(net);
        Nets.Step(net, optimizer);

        StateDict.Load(net, _path);

        Nets.Bits(net).Should().BeEquivalentTo(before);
        Nets.Step(net, optimizer);
        Nets.Bits(net).Should().NotBeEquivalentTo(before);
    }

    [Fact]
    public void All_that_does_not_fit_is_reported_at_once_and_nothing_is_written()
    {
        using var source = Sequential(("body", Linear(6, 5, dtype: ScalarType.Float64)), ("head", Linear(5, 9)), ("extra", Linear(2, 2)));
        StateDict.Save(source, _path);
        using var net = Sequential(("body", Linear(6, 5)), ("head", Linear(5, 8)), ("norm", LayerNorm(8)));
        var before = State(net);

        FluentActions.Invoking(() => StateDict.Load(net, _path)).Should().Throw<InvalidDataException>().Which.Message.Should()
            .StartWith($"'{_path}' does not fit the module")
            .And.Contain("'body.weight' is Float64 [5, 6] in the file and Float32 [5, 6] in the module")
            .And.Contain("'body.bias' is Float64")
            .And.Contain("'head.weight' is Float32 [9, 5] in the file and Float32 [8, 5] in the module")
            .And.Contain("missing in the file: norm.weight, norm.bias")
            .And.Contain("unexpected in the file: extra.bias, extra.weight");

        State(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Without_strictness_what_both_have_is_loaded_and_must_still_fit()
    {
        using var source = Sequential(("body", Linear(6, 5)), ("extra", Linear(2, 2)));
        StateDict.Save(source, _path);
        using var net = Nets.Small();

        var report = StateDict.Load(net, _path, options: new() { Strict = false });

        report.Loaded.Should().BeEquivalentTo("body.weight", "body.bias");
        report.Missing.Should().BeEquivalentTo("head.weight", "head.bias");
        report.Unexpected.Should().BeEquivalentTo("extra.weight", "extra.bias");
        Nets.Bits(net)["body.weight"].Should().Equal(Nets.Bits(source)["body.weight"]);
        using var other = Sequential(("body", Linear(6, 4)));
        FluentActions.Invoking(() => StateDict.Load(other, _path, options: new() { Strict = false })).Should().Throw<InvalidDataException>()
            .Which.Message.Should().Contain("body.bias").And.NotContain("extra");
    }

    [Fact]
    public void Types_are_converted_if_asked()
    {
        using var source = Nets.Small(ScalarType.Float64);
        StateDict.Save(source, _path);
        using var net = Nets.Small(seed: 3);

        StateDict.Load(net, _path, options: new() { Convert = true });

        net.parameters().Should().OnlyContain(p => p.dtype == ScalarType.Float32);
        source.to(ScalarType.Float32);
        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(source));
    }

    [Fact]
    public void Batch_counters_are_whole_numbers_in_files_whatever_the_module_makes_of_them()
    {
        using var net = Sequential(("norm", BatchNorm1d(3, dtype: ScalarType.Float64)));
        net.call(randn([4, 3], ScalarType.Float64));
        net.state_dict()["norm.num_batches_tracked"].dtype.Should().Be(ScalarType.Float64, "that is why this test is here");
        StateDict.Save(net, _path);
        using var file = SafetensorsFile.Open(_path);
        file["norm.num_batches_tracked"].DataType.Should().Be(ScalarType.Int64);
        file["norm.running_mean"].DataType.Should().Be(ScalarType.Float64);
        using var loaded = Sequential(("norm", BatchNorm1d(3, dtype: ScalarType.Float64)));

        StateDict.Load(loaded, file);

        loaded.state_dict()["norm.num_batches_tracked"].item<double>().Should().Be(1);
    }

    [Fact]
    public void Names_are_mapped_both_ways()
    {
        using var net = Nets.Small();
        var names = new StateDictKeyMap(("net.0", "body"), ("net.2", "head"));

        StateDict.Save(net, _path, names, new Dictionary<string, string>(StringComparer.Ordinal) { ["step"] = "7" });

        using var file = SafetensorsFile.Open(_path);
        file.Names.Should().BeEquivalentTo("net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias");
        file.Metadata["step"].Should().Be("7");
        using var loaded = Nets.Small(seed: 3);
        StateDict.Load(loaded, file, names);
        Nets.Bits(loaded).Should().BeEquivalentTo(Nets.Bits(net));
    }

    [Fact]
    public void Names_that_meet_are_refused()
    {
        using var net = Sequential(("a", Linear(2, 2, hasBias: false)), ("b", Linear(2, 2, hasBias: false)));
        File.WriteAllText(_path, "kept");

        FluentActions.Invoking(() => StateDict.Save(net, _path, new(("c", "a"), ("c", "b")))).Should().Throw<ArgumentException>()
            .WithMessage("'b.weight' would be written as 'c.weight' but loaded as 'a.weight'*");

        File.ReadAllText(_path).Should().Be("kept");
        File.Exists(_path + ".part").Should().BeFalse();
        StateDict.Save(net, _path);
        FluentActions.Invoking(() => StateDict.Load(net, _path, new(("a", "b")), options: new() { Strict = false })).Should().Throw<InvalidDataException>()
            .WithMessage("*'a.weight' and 'b.weight' both become 'b.weight'*");
    }

    [Fact]
    public void A_file_that_cannot_be_read_to_its_end_changes_nothing()
    {
        using var net = Nets.Small();
        var before = Nets.Bits(net);
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, Nets.Small(seed: 3).state_dict());
        stream.Position = 0;
        using var file = SafetensorsFile.Open(stream);
        stream.SetLength(stream.Length - 1);

        FluentActions.Invoking(() => StateDict.Load(net, file)).Should().Throw<InvalidDataException>();

        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Buffers_that_cannot_be_written_are_found_before_the_first_write()
    {
        var norm = BatchNorm1d(3);
        norm.running_mean = zeros(1).expand(3);
        using var net = Sequential(("linear", Linear(2, 3)), ("norm", norm));
        var before = State(net);
        using var file = Tensors.Written([.. net.state_dict().Select(t => (t.Key, t.Value + 1))]);

        FluentActions.Invoking(() => StateDict.Load(net, file)).Should().Throw<InvalidDataException>().WithMessage("*'norm.running_mean' is an expanded view*");

        State(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Tied_weights_are_written_under_every_name_and_loaded()
    {
        using var net = Tied();
        StateDict.Save(net, _path);
        using var file = SafetensorsFile.Open(_path);
        file.Names.Should().BeEquivalentTo("first.weight", "second.weight");
        using var loaded = Tied();

        StateDict.Load(loaded, file);

        State(loaded).Should().BeEquivalentTo(State(net));
        using var once = Tensors.Written(("second.weight", ones(2, 2)));
        StateDict.Load(loaded, once).Missing.Should().BeEmpty();
        Nets.Bits(loaded)["first.weight"].Should().Equal(Nets.Bits(ones(2, 2)));
    }

    [Fact]
    public void Saving_and_loading_leaves_no_tensors_behind()
    {
        using var net = Nets.Small();
        var before = _scope.DisposablesCount;

        StateDict.Save(net, _path);
        StateDict.Load(net, _path);

        _scope.DisposablesCount.Should().Be(before);
    }

    private static Tensor Words => randint(0, 7, [4, 3]);

    // Modules of both kinds: written in C#, and native ones such as the embedding.
    private static Sequential Net() => Sequential(
        ("words", Embedding(7, 6)), ("norm", BatchNorm1d(3)), ("linear", Linear(6, 4)), ("flatten", Flatten()), ("inner", Sequential(("head", Linear(12, 2)))));

    private static Sequential Tied()
    {
        var first = Linear(2, 2, hasBias: false);
        var second = Linear(2, 2, hasBias: false);
        second.weight = first.weight;
        return Sequential(("first", first), ("second", second));
    }

    private static Dictionary<string, byte[]> State(Module module) =>
        module.state_dict().ToDictionary(t => t.Key, t => Nets.Bits(t.Value), StringComparer.Ordinal);
}
