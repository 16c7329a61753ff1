using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>The format's names of element types. Only types that TorchSharp has are known.</summary>
internal static class SafetensorsTypes
{
    // In the order in which the reference implementation sorts: ascending alignment.
    private static readonly (string Code, ScalarType Type, int Size)[] Known =
    [
        ("BOOL", ScalarType.Bool, 1),
        ("U8", ScalarType.Byte, 1),
        ("I8", ScalarType.Int8, 1),
        ("I16", ScalarType.Int16, 2),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I32", ScalarType.Int32, 4),
        ("F32", ScalarType.Float32, 4),
        ("F64", ScalarType.Float64, 8),
        ("I64", ScalarType.Int64, 8),
    ];

    /// <summary>Later types are written first, so that every tensor starts at a multiple of its element size.</summary>
    public static int RankOf(ScalarType type) => Array.FindIndex(Known, known => known.Type == type);

    public static bool Knows(ScalarType type) => RankOf(type) >= 0;

    public static string CodeOf(ScalarType type) => Known[RankOf(type)].Code;

    public static int SizeOf(ScalarType type) => Known[RankOf(type)].Size;

    public static bool TryParse(string? code, out ScalarType type)
    {
        var index = Array.FindIndex(Known, known => known.Code == code);
        type = index < 0 ? default : Known[index].Type;
        return index >= 0;
    }
}
