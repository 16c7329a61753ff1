using CsCheck;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

/// <summary>What can happen to a file, and to the tree that it lies in.</summary>
internal static class Damage
{
    /// <summary>Names that a tree may hold and nobody expects; none leads out of it.</summary>
    public static Gen<string> Names { get; } = Gen.OneOf([.. new[]
    {
        "Ω", "é", "e\u0301", "名前", "😀", "a\nb", "a\rb", "\u001b[31m", "a b", " ", "~", "-", "%s", "{0}", "'", "\"", "*", "?", "CON", "a.", "\u202e", ".hidden", "Thumbs.db", new('n', 200),
    }.Select(Gen.Const)]);

    /// <summary>Other bytes than a file had: cut off, changed in a few places, longer, or others altogether.</summary>
    public static Gen<Func<byte[], byte[]>> Bytes { get; } = Gen.OneOf<Func<byte[], byte[]>>(
        Gen.Double[0, 1].Select<double, Func<byte[], byte[]>>(share => bytes => bytes[..(int)(share * bytes.Length)]),
        Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 4].Select<(double, byte)[], Func<byte[], byte[]>>(changes => bytes => Changed(bytes, changes)),
        Gen.Byte.Array[1, 40].Select<byte[], Func<byte[], byte[]>>(more => bytes => [.. bytes, .. more]),
        Gen.Byte.Array[0, 300].Select<byte[], Func<byte[], byte[]>>(others => _ => others));

    /// <summary>Null, with the reason in one line, if what is loaded is refused as documented; nothing else may happen.</summary>
    public static T? Loaded<T>(Func<T> load, string named)
        where T : class
    {
        T? loaded = null;
        if (Record.Exception(() => loaded = load()) is { } refusal)
        {
            refusal.Should().BeAssignableTo<DataException>().Which.Message.Should().Contain(named).And.NotMatchRegex(@"[\x00-\x1f\x7f]");
        }

        return loaded;
    }

    private static byte[] Changed(byte[] bytes, (double Place, byte Value)[] changes)
    {
        var changed = (byte[])bytes.Clone();
        foreach (var (place, value) in bytes.Length == 0 ? [] : changes)
        {
            changed[(int)(place * (bytes.Length - 1))] = value;
        }

        return changed;
    }
}
