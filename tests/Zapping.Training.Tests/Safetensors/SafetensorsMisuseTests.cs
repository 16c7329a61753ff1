using System.IO.Compression;
using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Safetensors;
using static TorchSharp.torch;
using static Zapping.Training.Tests.Checkpoints.Tensors;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>What cannot be written or read into is refused before anything is changed.</summary>
public sealed class SafetensorsMisuseTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void What_the_format_cannot_hold_is_not_written()
    {
        var disposed = ones(1);
        disposed.Dispose();

        Refused("Two tensors are named 'a'", ("a", ones(1)), ("a", ones(2)));
        Refused("cannot be named __metadata__", ("__metadata__", ones(1)));
        Refused("cannot be named null", (null!, ones(1)));
        Refused("Unicode character", ("a\ud800", ones(1)));
        Refused("'a' is null or disposed", ("a", null!));
        Refused("'a' is null or disposed", ("a", disposed));
        Refused("no place for 'a', a tensor of ComplexFloat64", ("a", ones(1, ScalarType.ComplexFloat64)));
        Refused("no place for 'a', a sparse tensor", ("a", ones(2, 2).to_sparse()));
    }

    [Fact]
    public void Metadata_must_be_text()
    {
        Dictionary<string, string> Of(string key, string value) => new(StringComparer.Ordinal) { [key] = value };

        FluentActions.Invoking(() => Bytes(Of("k", null!))).Should().Throw<ArgumentException>().WithMessage("*'k'*null*");
        FluentActions.Invoking(() => Bytes(Of("k", "\udc00"))).Should().Throw<ArgumentException>().WithMessage("*Unicode character*");
        FluentActions.Invoking(() => Bytes(Of("\udc00", "v"))).Should().Throw<ArgumentException>().WithMessage("*Unicode character*");
    }

    [Fact]
    public void A_target_must_have_the_shape_and_type_of_the_tensor()
    {
        using var file = Written(("a", arange(6, ScalarType.Float32).reshape(2, 3)));

        foreach (var target in new[] { zeros(3, 2), zeros(6), zeros(1, 3), zeros([2, 3], ScalarType.Float64) })
        {
            file.Invoking(f => f.ReadInto("a", target)).Should().Throw<ArgumentException>().WithMessage("'a' is Float32 [2, 3]*but the target*");
            target.sum().to(ScalarType.Float32).item<float>().Should().Be(0);
        }

        file.Invoking(f => f.ReadInto("b", zeros(1))).Should().Throw<KeyNotFoundException>().WithMessage("*'b'*");
        file.Invoking(f => f.Read("b")).Should().Throw<KeyNotFoundException>();
    }

    [Fact]
    public void Types_are_converted_if_asked()
    {
        using var file = Written(("a", tensor(new[] { 1.5, -2.25 })));
        var target = zeros(2, ScalarType.Float16);

        file.ReadInto("a", target, convert: true);

        target.to(ScalarType.Float64).data<double>().ToArray().Should().Equal(1.5, -2.25);
    }

    [Fact]
    public void Complex_numbers_do_not_lose_a_part_by_conversion()
    {
        using var file = Written(("a", complex(ones(2), ones(2))), ("b", ones(2)));
        var (real, both) = (zeros(2), zeros(2, ScalarType.ComplexFloat64));

        file.Invoking(f => f.ReadInto("a", real, convert: true)).Should().Throw<ArgumentException>().WithMessage("'a' is ComplexFloat32 [2]*");
        file.ReadInto("a", both, convert: true);

        real.sum().item<float>().Should().Be(0);
        both.imag.sum().item<double>().Should().Be(2);
        file.ReadInto("b", both, convert: true);
        both.imag.sum().item<double>().Should().Be(0);
    }

    [Fact]
    public void Leaves_and_views_are_written_in_place()
    {
        using var file = Written(("a", arange(6, ScalarType.Float32).reshape(2, 3)));
        var leaf = new Parameter(zeros(2, 3));
        var view = zeros(3, 2).t();
        var handle = leaf.Handle;

        file.ReadInto("a", leaf);
        file.ReadInto("a", view);

        leaf.requires_grad.Should().BeTrue();
        leaf.is_leaf.Should().BeTrue();
        leaf.Handle.Should().Be(handle);
        ShouldBeSame(leaf, arange(6, ScalarType.Float32).reshape(2, 3));
        ShouldBeSame(view, leaf);
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_refused()
    {
        using var stream = new DeflateStream(new MemoryStream(), CompressionMode.Decompress);

        FluentActions.Invoking(() => SafetensorsFile.Open(stream)).Should().Throw<ArgumentException>().WithMessage("*cannot seek*");
    }

    private static void Refused(string reason, params (string Name, Tensor Value)[] tensors)
    {
        using var stream = new MemoryStream();
        var pairs = tensors.Select(t => KeyValuePair.Create(t.Name, t.Value));

        FluentActions.Invoking(() => SafetensorsFile.Write(stream, pairs)).Should().Throw<ArgumentException>().WithMessage($"*{reason}*");

        stream.Length.Should().Be(0);
    }
}
