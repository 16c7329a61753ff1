using System.Buffers.Binary;
using System.Text;
using CsCheck;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static Zapping.Training.Tests.Checkpoints.Tensors;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>Damaged files are refused with a reason; nothing else ever happens.</summary>
public sealed class SafetensorsDamageTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    // 6 bytes of data suit every case; what is wrong is in the header.
    public static TheoryData<string, string> BadHeaders => new()
    {
        { "", "not a JSON object" },
        { "[]", "not a JSON object" },
        { " []", "not a JSON object" },
        { "\u00a0{}", "not a JSON object" },
        { "\ufeff{}", "not a JSON object" },
        { "{", "not valid JSON" },
        { "{} x", "not valid JSON" },
        { """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6],}}""", "not valid JSON" },
        { """{"a\ud800":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}}""", "not valid JSON" },
        { """{"a":1}""", "'a' is not an object" },
        { """{"a":null}""", "'a' is not an object" },
        { """{"a":{"shape":[6],"data_offsets":[0,6]}}""", "lacks its dtype" },
        { """{"a":{"dtype":"U8","data_offsets":[0,6]}}""", "lacks its dtype, its shape" },
        { """{"a":{"dtype":"U8","shape":[6]}}""", "two data_offsets" },
        { """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6,6]}}""", "two data_offsets" },
        { """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6],"scale":2}}""", "unknown field 'scale'" },
        { """{"a":{"dtype":"U9","shape":[6],"data_offsets":[0,6]}}""", "dtype U9 of 'a'" },
        { """{"a":{"dtype":"u8","shape":[6],"data_offsets":[0,6]}}""", "dtype u8 of 'a'" },
        { """{"a":{"dtype":8,"shape":[6],"data_offsets":[0,6]}}""", "dtype 8 of 'a'" },
        { """{"a":{"dtype":null,"shape":[6],"data_offsets":[0,6]}}""", "dtype null of 'a'" },
        { """{"a":{"dtype":"U8","shape":6,"data_offsets":[0,6]}}""", "shape of 'a' is not an array" },
        { """{"a":{"dtype":"U8","shape":[-6],"data_offsets":[0,6]}}""", "holds -6" },
        { """{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,6]}}""", "shape of 'a' holds -0" },
        { """{"a":{"dtype":"U8","shape":[6],"data_offsets":[-0,6]}}""", "data_offsets of 'a' holds -0" },
        { """{"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,6]}}""", "which is no whole number from 0 to 9223372036854775807" },
        { """{"a":{"dtype":"F4","shape":[11],"data_offsets":[0,6]}}""", "the 44 bits of 'a', F4 [11], do not fill whole bytes" },
        { """{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,6]}}""", "do not hold the 3 bytes of F6_E2M3 [4]" },
        { """{"a":{"dtype":"F4","shape":[4611686018427387904,5],"data_offsets":[0,6]}}""", "too large" },
        { """{"a":{"dtype":"U8","shape":[6.5],"data_offsets":[0,6]}}""", "holds 6.5" },
        { """{"a":{"dtype":"U8","shape":["6"],"data_offsets":[0,6]}}""", "holds \"6\"" },
        { """{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,6]}}""", "holds 99999999999999999999" },
        { """{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,6]}}""", "too large" },
        { """{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,6]}}""", "too large" },
        { """{"a":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", "too large" },
        { """{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,6]}}""", "do not hold the 5 bytes" },
        { """{"a":{"dtype":"I16","shape":[6],"data_offsets":[0,6]}}""", "do not hold the 12 bytes" },
        { """{"a":{"dtype":"U8","shape":[6],"data_offsets":[6,0]}}""", "do not hold the 6 bytes" },
        { """{"a":{"dtype":"U8","shape":[5],"data_offsets":[1,6]}}""", "gap" },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[3],"data_offsets":[3,6]}}""", "'b' start at 3, with a gap" },
        { """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", "'b' start at 2, inside" },
        { """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]},"b":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}}""", "inside" },
        { """{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]},"b":{"dtype":"U8","shape":[0],"data_offsets":[3,3]}}""", "inside" },
        { """{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""", "describes 5 bytes of data, but 6 follow" },
        { """{"a":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}""", "describes 7 bytes of data, but 6 follow" },
        { """{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", "but 6 follow" },
        { """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"a":{"dtype":"U8","shape":[3],"data_offsets":[3,6]}}""", "not valid JSON" },
        { """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"\u0061":{"dtype":"U8","shape":[3],"data_offsets":[3,6]}}""", "not valid JSON" },
        { """{"a":{"dtype":"U8","shape":[6],"shape":[6],"data_offsets":[0,6]}}""", "not valid JSON" },
        { """{"__metadata__":"x","a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}}""", "__metadata__ is not an object" },
        { """{"__metadata__":{"x":1},"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}}""", "'x' in __metadata__ is not a string" },
        { """{"__metadata__":{"x":"1","x":"2"},"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]}}""", "not valid JSON" },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void A_bad_header_is_refused_with_the_reason(string header, string reason) => Opening(WithHeader(Encoding.UTF8.GetBytes(header)))
        .Should().Throw<InvalidDataException>().WithMessage($"The stream is not a valid safetensors file*{reason}*");

    [Fact]
    public void A_header_that_is_no_utf8_is_refused() => Opening(WithHeader([.. "{\"a"u8, 0xC3, .. "\":1}"u8]))
        .Should().Throw<InvalidDataException>().WithMessage("*UTF-8*");

    [Theory]
    [InlineData(0ul)]
    [InlineData(7ul)]
    [InlineData(9ul)]
    [InlineData(1ul << 30)]
    [InlineData(1ul << 63)]
    [InlineData(ulong.MaxValue)]
    public void A_wrong_header_length_is_refused(ulong length)
    {
        var bytes = Bytes();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);

        Opening(bytes).Should().Throw<InvalidDataException>();
    }

    [Fact]
    public void A_header_beyond_the_format_is_refused_for_its_length_and_one_beyond_the_file_for_that()
    {
        using var sparse = new MemoryStream();
        sparse.Write(BitConverter.GetBytes(100_000_001ul));
        sparse.SetLength(100_000_009);
        sparse.Position = 0;

        sparse.Invoking(stream => SafetensorsFile.Open(stream)).Should().Throw<InvalidDataException>()
            .WithMessage("*its header claims 100000001 bytes, but 100000000 is the most that the format allows.");
        Opening(BitConverter.GetBytes(7ul)).Should().Throw<InvalidDataException>().WithMessage("*its header claims 7 bytes, but only 0 follow.");
    }

    [Theory]
    [InlineData("\t\n{}\r ")]
    [InlineData("      {}")]
    public void White_space_may_stand_on_either_side(string header)
    {
        using var file = SafetensorsFile.Open(new MemoryStream([.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header)]));

        file.Names.Should().BeEmpty();
    }

    [Fact]
    public void Unusual_but_valid_headers_are_read()
    {
        var header = """{ "b":{"data_offsets":[2,6],"shape":[],"dtype":"F32"}, "a":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]}, "e":{"dtype":"F64","shape":[0],"data_offsets":[2,2]}, "__metadata__":{} }   """;

        using var file = SafetensorsFile.Open(new MemoryStream(WithHeader(Encoding.UTF8.GetBytes(header))));

        file.Names.Should().Equal("a", "e", "b");
        file.Metadata.Should().BeEmpty();
        Nets.Bits(file.Read("a")).Should().Equal(1, 2);
        Nets.Bits(file.Read("b")).Should().Equal(3, 4, 5, 6); // off its alignment, which the format only recommends
        file.Read("e").shape.Should().Equal(0);
    }

    [Fact]
    public void A_changed_header_is_refused_or_gives_the_same_bytes()
    {
        var intact = Sample();
        var headerEnd = 8 + BitConverter.ToInt32(intact);
        var data = intact[headerEnd..];

        Gen.Select(Gen.Int[0, headerEnd - 1], Gen.Byte).Array[1, 3].Sample(
            changes =>
            {
                var bytes = (byte[])intact.Clone();
                foreach (var (at, value) in changes)
                {
                    bytes[at] = value;
                }

                var read = TryReadAll(bytes);
                return read is null || read.SequenceEqual(data);
            },
            iter: 20_000);
    }

    [Fact]
    public void Every_truncation_and_every_extension_is_refused()
    {
        var intact = Sample();

        Enumerable.Range(0, intact.Length).Where(length => TryReadAll(intact[..length]) is not null).Should().BeEmpty();
        TryReadAll([.. intact, 0]).Should().BeNull();
        TryReadAll(intact).Should().NotBeNull();
    }

    [Fact]
    public void Noise_is_refused() =>
        Gen.Byte.Array[0, 200].Sample(bytes => TryReadAll(bytes) is null && TryReadAll(WithHeader(bytes)) is null);

    [Fact]
    public void Booleans_that_are_neither_0_nor_1_are_refused()
    {
        var bytes = Bytes(("a", ones(3, ScalarType.Bool)));
        bytes[^2] = 2;
        using var file = SafetensorsFile.Open(new MemoryStream(bytes));
        var target = zeros(3, ScalarType.Bool);

        file.Invoking(f => f.ReadInto("a", target)).Should().Throw<InvalidDataException>().WithMessage("*'a'*neither 0 nor 1*");

        Nets.Bits(target).Should().Equal(0, 0, 0);
    }

    [Fact]
    public void A_file_cut_off_after_it_was_opened_leaves_the_target_as_it_was()
    {
        using var stream = new MemoryStream();
        stream.Write(Bytes(("a", ones(3))));
        stream.Position = 0;
        using var file = SafetensorsFile.Open(stream);
        stream.SetLength(stream.Length - 1);
        var target = zeros(3);

        file.Invoking(f => f.ReadInto("a", target)).Should().Throw<InvalidDataException>().WithMessage("*ends inside*'a'*");

        target.sum().item<float>().Should().Be(0);
    }

    [Fact]
    public void Messages_name_the_file()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, [1, 2, 3]);

            FluentActions.Invoking(() => SafetensorsFile.Open(path)).Should().Throw<InvalidDataException>().WithMessage($"'{path}'*3 bytes*");

            File.Delete(path); // it has been closed
            FluentActions.Invoking(() => SafetensorsFile.Open(path)).Should().Throw<FileNotFoundException>();
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Every type, an empty tensor, a single number, metadata and an escaped name.
    private static byte[] Sample() => Bytes(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" },
        [
            .. SafetensorsRoundTripTests.Types.Select((type, i) => ($"t{i}", arange(6, ScalarType.Float32).ge(3).to(type.Data).reshape(2, 3))),
            ("empty", empty(0)), ("number", tensor(1L)), ("\"ü\"", ones(1)),
        ]);

    private static byte[] WithHeader(byte[] header) => [.. BitConverter.GetBytes((ulong)header.Length), .. header, 1, 2, 3, 4, 5, 6];

    private static Action Opening(byte[] bytes) => () => SafetensorsFile.Open(new MemoryStream(bytes)).Dispose();

    // The data of all tensors one after another, or null if the file is refused as it should be.
    private static byte[]? TryReadAll(byte[] bytes)
    {
        using var scope = NewDisposeScope();
        try
        {
            using var file = SafetensorsFile.Open(new MemoryStream(bytes));
            return [.. file.Names.SelectMany(name => Nets.Bits(file.Read(name)))];
        }
        catch (Exception failure) when (failure is InvalidDataException or NotSupportedException) // the latter: a type that TorchSharp has not
        {
            return null;
        }
    }
}
