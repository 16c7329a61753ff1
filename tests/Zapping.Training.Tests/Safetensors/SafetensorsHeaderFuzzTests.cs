using System.Text;
using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>Headers with parts exchanged for odd ones: read as the strict reader reads them, or refused in little memory.</summary>
public sealed class SafetensorsHeaderFuzzTests
{
    private const long MostMemory = 32 << 20;

    private static readonly string Deep = new string('[', 5_000) + new string(']', 5_000);

    private static readonly string[] Names =
    [
        "\"weight\"", "\"bias\"", "\"\"", "\"weig\\u0068t\"", "\"__metadata__\"", "\"\\u005f_metadata__\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"",
        "\"\\u0000\"", "\"a\nb\"", "weight", "1", "\"" + new string('n', 300_000) + "\"",
    ];

    private static readonly string[] Types =
    [
        "\"F32\"", "\"F64\"", "\"I64\"", "\"U8\"", "\"BOOL\"", "\"BF16\"", "\"C64\"", "\"U16\"", "\"U32\"", "\"U64\"", "\"F8_E4M3\"", "\"F8_E5M2FNUZ\"", "\"F6_E2M3\"", "\"F4\"",
        "\"F9\"", "\"f32\"", "\"\"", "\"F\\u00332\"", "\"\\ud800\"", "32", "null", "[\"F32\"]", Deep,
    ];

    private static readonly string[] Numbers =
    [
        "[]", "[0]", "[24]", "[2,3]", "[6]", "[0,24]", "[24,32]", "[32,0]", "[8,32]", "[0,0]", "[32,32]", "[40,48]", "[-0,24]", "[-0]", "[-1,23]", "[8,4]", "[64]", "[12,4]", "[0,24,24]", "[1e1]", "[2.0,3]",
        "[9223372036854775807]", "[9223372036854775808]", "[0,9223372036854775807]", "[9223372036854775783,9223372036854775807]", "[4294967296,4294967296]",
        "[0,4294967296,4294967296]", "[2305843009213693952,8]", "[18446744073709551616]", "[99999999999999999999999999]", "[null]", "[\"2\",3]", "[[2,3]]", "{}", "6", "\"6\"",
        $"[{string.Join(',', Enumerable.Repeat("1", 3_000))},2,3]", $"[{string.Join(',', Enumerable.Repeat("1", 70))},2]", Deep,
    ];

    private static readonly string[] Metadata =
        ["{}", "{\"a\":\"b\"}", "{\"a\":1}", "{\"a\":null}", "{\"a\":{}}", "{\"a\":\"\\ud800\"}", "{\"a\":\"x\",\"a\":\"y\"}", "null", "[]", "\"\"", Deep];

    private static readonly string[] Extras =
        ["", ",", ",\"dtype\":\"F32\"", ",\"scale\":1", ",\"a\":" + Deep, ",\"shape\":[2,3]", "//", "/* */", " ", "\n", ",\"\\ud800\":1"];

    private static readonly (string Before, string After)[] Around =
        [("", "   "), (" ", ""), ("\t\n", "\r "), ("\u00a0", ""), ("\f", ""), ("\ufeff", ""), ("[", "]"), ("", "\0"), ("", ","), ("", "}"), ("", "{}"), ("", "\n\t\r ")];

    // What is added to the length of the header, and to the data.
    private static readonly (long Header, int Data)[] Lies =
        [(1, 0), (-1, 0), (48, 0), (49, 0), (long.MaxValue - 100_000_000, 0), (-1_000_000_000, 0), (1L << 40, 0), (100_000_000, 0), (0, 1), (0, -1), (0, 8), (1, 1)];

    private static readonly Gen<Change> Any = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 1_000], (kind, tensor, other, value) => new Change(kind, tensor, other, value));

    [Fact]
    public void Read_as_the_strict_reader_does_or_refused() => Gen.Select(Any.Array[0, 3], Gen.Bool, Gen.Bool).Sample(
        (changes, strict, convert) =>
        {
            using var scope = NewDisposeScope();
            var file = File(changes);
            var expected = StrictSafetensors.Read(file);
            using var target = nn.Linear(3, 2);
            var before = Nets.Bits(target);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            StateDictReport? report = null;
            var refusal = Record.Exception(() =>
            {
                using var opened = SafetensorsFile.Open(new MemoryStream(file));
                opened.Names.Should().BeEquivalentTo(expected?.Keys, "and nothing else is accepted");
                expected.Should().NotBeNull();
                report = StateDict.Load(target, opened, options: new() { Strict = strict, Convert = convert, AllowNonFinite = true });
            });
            (GC.GetAllocatedBytesForCurrentThread() - allocated).Should().BeLessThan(MostMemory);
            refusal?.Should().BeOfType<InvalidDataException>();
            if (report is null)
            {
                Nets.Bits(target).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
            }
            else if (!convert)
            {
                // Perhaps none: where not all of them must be there, a file with other names loads nothing.
                Nets.Bits(target).Where(loaded => report.Loaded.Contains(loaded.Key, StringComparer.Ordinal))
                    .Where(loaded => !loaded.Value.SequenceEqual(expected![loaded.Key])).Should().BeEmpty();
            }
        },
        iter: Fuzz.Iterations(900));

    [Fact]
    public void Every_tensor_that_is_read_has_the_bytes_of_its_offsets() => Any.Array[0, 2].Sample(
        changes =>
        {
            using var scope = NewDisposeScope();
            var file = File(changes);
            if (StrictSafetensors.Read(file) is not { } expected)
            {
                FluentActions.Invoking(() => SafetensorsFile.Open(new MemoryStream(file))).Should().Throw<InvalidDataException>();
                return;
            }

            using var opened = SafetensorsFile.Open(new MemoryStream(file));
            foreach (var name in opened.Names)
            {
                opened[name].ByteCount.Should().Be(expected[name].Length);
                if (opened[name].DataType is not { } type)
                {
                    opened.Invoking(file => file.Read(name)).Should().Throw<NotSupportedException>().WithMessage($"*'{name}'*{opened[name].TypeCode}*");
                    continue;
                }

                var isDamaged = type == ScalarType.Bool && expected[name].Any(value => value > 1);
                var read = Odd.Made(() => isDamaged ? [] : Nets.Bits(opened.Read(name)));
                read.Should().Equal(isDamaged ? [] : expected[name]);
            }
        },
        iter: Fuzz.Iterations(900));

    // weight F32 [2, 3] and bias F32 [2], and two tensors that the module has not.
    private static byte[] File(Change[] changes)
    {
        string[][] parts =
        [
            ["\"weight\"", "\"F32\"", "[2,3]", "[0,24]"], ["\"bias\"", "\"F32\"", "[2]", "[24,32]"], ["\"count\"", "\"I64\"", "[]", "[32,40]"], ["\"mask\"", "\"BOOL\"", "[8]", "[40,48]"],
        ];
        string[][] pools = [Names, Types, Numbers, Numbers];
        var (metadata, extra, before, after, lie, cut) = ("", "", "", "", 0L, 0);
        foreach (var (kind, tensor, other, value) in changes)
        {
            switch (kind)
            {
                case 0 or 1 or 2 or 3:
                    parts[tensor][kind] = pools[kind][value % pools[kind].Length];
                    break;
                case 4:
                    (parts[tensor][3], parts[other][3]) = (parts[other][3], parts[tensor][3]);
                    break;
                case 5:
                    parts[tensor] = [.. parts[other]];
                    break;
                case 6:
                    metadata = $"\"__metadata__\":{Metadata[value % Metadata.Length]},";
                    break;
                case 7:
                    extra = Extras[value % Extras.Length];
                    break;
                case 8:
                    (before, after) = Around[value % Around.Length];
                    break;
                default:
                    (lie, cut) = Lies[value % Lies.Length];
                    break;
            }
        }

        var entries = parts.Select(part => $"{part[0]}:{{\"dtype\":{part[1]},\"shape\":{part[2]},\"data_offsets\":{part[3]}{extra}}}");
        var json = Encoding.UTF8.GetBytes($"{before}{{{metadata}{string.Join(',', entries)}}}{after}");
        byte[] data = [.. Enumerable.Range(0, 40).Select(i => (byte)i), 0, 1, 1, 0, 1, 0, 0, 1];
        return [.. BitConverter.GetBytes(json.Length + lie), .. json, .. data.Take(48 + Math.Min(cut, 0)), .. new byte[Math.Max(cut, 0)]];
    }

    private sealed record Change(int Kind, int Tensor, int Other, int Value);
}
