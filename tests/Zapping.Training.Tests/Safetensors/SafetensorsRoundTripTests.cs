using System.Text;
using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Safetensors;
using static TorchSharp.torch;
using static Zapping.Training.Tests.Checkpoints.Tensors;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>What is written comes back bit for bit.</summary>
public sealed class SafetensorsRoundTripTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<ScalarType> Types =>
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32,
        ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool, ScalarType.ComplexFloat32,
    ];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_and_shape_comes_back(ScalarType type)
    {
        var values = arange(-12, 12, ScalarType.Float32).reshape(2, 3, 4).to(type == ScalarType.Byte ? ScalarType.Int8 : type).to(type);
        (string Name, Tensor Value)[] tensors =
        [
            ("cube", values),
            ("number", values[1, 2, 3].clone()),
            ("empty", empty([3, 0, 2], type)),
            ("transposed", values.transpose(0, 2)),
            ("strided", values[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(1, null, 2)]),
            ("expanded", values[0, 0].expand(5, 4)),
        ];

        using var file = Written(tensors);

        file.Names.Should().BeEquivalentTo(tensors.Select(t => t.Name));
        foreach (var (name, tensor) in tensors)
        {
            file[name].DataType.Should().Be(type);
            file[name].Shape.Should().Equal(tensor.shape);
            file[name].ByteCount.Should().Be(tensor.numel() * tensor.ElementSize);
            ShouldBeSame(file.Read(name), tensor);

            var target = zeros(tensor.shape, type);
            file.ReadInto(name, target);
            ShouldBeSame(target, tensor);
        }
    }

    [Fact]
    public void Bits_of_special_numbers_come_back()
    {
        var numbers = tensor(new[] { float.NaN, float.NegativeInfinity, -0f, float.Epsilon, BitConverter.Int32BitsToSingle(0x7FA00001) });

        using var file = Written(("numbers", numbers));

        ShouldBeSame(file.Read("numbers"), numbers);
    }

    [Fact]
    public void Tensors_larger_than_a_piece_come_back()
    {
        var large = randn(3, 700_001); // 8.4 MB: eight pieces and a rest

        using var file = Written(("large", large), ("after", ones(2)));

        ShouldBeSame(file.Read("large"), large);
        ShouldBeSame(file.Read("after"), ones(2));
    }

    [Fact]
    public void Parameters_and_views_with_flags_are_written_as_they_look()
    {
        var parameter = new Parameter(ones(3));
        var conjugated = complex(ones(3), ones(3)).conj(); // its memory holds 1 + i, with a flag for the sign
        var negated = conjugated.imag;

        using var file = Written(("parameter", parameter), ("negated", negated), ("conjugated", conjugated));

        ShouldBeSame(file.Read("parameter"), ones(3));
        file.Read("parameter").requires_grad.Should().BeFalse();
        ShouldBeSame(file.Read("negated"), -ones(3));
        file.Read("conjugated").imag.Should().Match<Tensor>(part => part.eq(-1).all().item<bool>());
    }

    [Fact]
    public void Names_and_metadata_of_any_text_come_back()
    {
        string[] texts = ["", "a.b", "\"\\\b\n\u0001\u007f", "häß <&+'>", "层/🦊", new('x', 5000)];
        var metadata = texts.ToDictionary(t => t, t => "v" + t, StringComparer.Ordinal);

        using var file = SafetensorsFile.Open(new MemoryStream(Bytes(metadata, [.. texts.Select(t => (t, ones(1)))])));

        file.Names.Should().BeEquivalentTo(texts);
        file.Metadata.Should().BeEquivalentTo(metadata);
        file.Contains("a.b").Should().BeTrue();
        file.Contains("a.B").Should().BeFalse();
    }

    [Fact]
    public void Bytes_are_those_of_the_specification()
    {
        var bytes = Bytes(("attn0", arange(6, ScalarType.Float32).reshape(1, 1, 2, 3)));

        var header = """{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """; // padded to 72
        bytes.Should().Equal(
            [72, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), .. Enumerable.Range(0, 6).SelectMany(i => BitConverter.GetBytes((float)i))]);
        Bytes().Should().Equal([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8]);
        Bytes(new Dictionary<string, string>(StringComparer.Ordinal) { ["framework"] = "pt" }).Should().Equal(
            [40, 0, 0, 0, 0, 0, 0, 0, .. """{"__metadata__":{"framework":"pt"}}     """u8]);
    }

    [Fact]
    public void Names_are_escaped_and_sorted_as_the_reference_implementation_does()
    {
        // Only what JSON requires is escaped, in lower case; U+FFFD comes before the emoji, which is U+1F98A.
        string[] names = ["\0\u001b\b\f\n\r\t\"\\/", "<&'+>", "\u007f\u00a0", "\u2028\ue000\ufeff\uffff", "\ufffd", "🦊"];
        string[] written = ["\\u0000\\u001b\\b\\f\\n\\r\\t\\\"\\\\/", .. names[1..]];
        var entries = written.Select((name, i) => $$"""{{(i == 0 ? "" : ",")}}"{{name}}":{"dtype":"U8","shape":[1],"data_offsets":[{{i}},{{i + 1}}]}""");

        var bytes = Bytes([.. names.Reverse().Select(name => (name, ones(1, ScalarType.Byte)))]);

        var header = Encoding.UTF8.GetString(bytes.AsSpan(8, BitConverter.ToInt32(bytes)));
        header.TrimEnd(' ').Should().Be($"{{{string.Concat(entries)}}}");
        (bytes.Length - names.Length).Should().Match(end => end % 8 == 0);
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_in_any_order_and_are_aligned()
    {
        (string, Tensor)[] tensors = [("b", ones(3, ScalarType.Bool)), ("z", ones(1)), ("a", ones(1)), ("n", tensor(7L))];

        Bytes(tensors).Should().Equal(Bytes([.. tensors.Reverse()]));
        using var file = Written(tensors);
        file.Names.Should().Equal("n", "a", "z", "b");
    }

    [Fact]
    public void A_stream_may_start_anywhere_and_stays_open_if_asked()
    {
        using var stream = new MemoryStream();
        stream.Write("before"u8);
        stream.Write(Bytes(("x", ones(2))));
        stream.Position = 6;

        var file = SafetensorsFile.Open(stream, leaveOpen: true);
        ShouldBeSame(file.Read("x"), ones(2));
        file.Dispose();

        stream.CanRead.Should().BeTrue();
        file.Invoking(f => f.Read("x")).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void Files_are_read_from_disk_and_closed()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, Bytes(("x", ones(2))));
            using (var file = SafetensorsFile.Open(path))
            {
                ShouldBeSame(file.Read("x"), ones(2));
            }

            using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Reading_leaves_no_tensors_behind()
    {
        using var file = Written(("x", ones(2)), ("b", ones(2, ScalarType.Bool)));
        var before = _scope.DisposablesCount;

        using (file.Read("x"))
        {
            file.ReadInto("b", ones(2, ScalarType.Float16).DetachFromDisposeScope(), convert: true);
        }

        _scope.DisposablesCount.Should().Be(before);
    }
}
