using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>The format's names of element types, with the type of TorchSharp that holds the same values where there is one.</summary>
internal static class SafetensorsTypes
{
    // In the order in which the reference implementation sorts: ascending alignment.
    private static readonly SafetensorsType[] Known =
    [
        new("BOOL", 8, ScalarType.Bool),
        new("F4", 4),
        new("F6_E2M3", 6),
        new("F6_E3M2", 6),
        new("U8", 8, ScalarType.Byte),
        new("I8", 8, ScalarType.Int8),
        new("F8_E5M2", 8),
        new("F8_E4M3", 8),
        new("F8_E8M0", 8),
        new("F8_E4M3FNUZ", 8),
        new("F8_E5M2FNUZ", 8),
        new("I16", 16, ScalarType.Int16),
        new("U16", 16),
        new("F16", 16, ScalarType.Float16),
        new("BF16", 16, ScalarType.BFloat16),
        new("I32", 32, ScalarType.Int32),
        new("U32", 32),
        new("F32", 32, ScalarType.Float32),
        new("C64", 64, ScalarType.ComplexFloat32),
        new("F64", 64, ScalarType.Float64),
        new("I64", 64, ScalarType.Int64),
        new("U64", 64),
    ];

    /// <summary>Later types are written first, so that every tensor starts at a multiple of its element size.</summary>
    public static int RankOf(ScalarType type) => Array.FindIndex(Known, known => known.Type == type);

    public static bool Knows(ScalarType type) => RankOf(type) >= 0;

    public static string CodeOf(ScalarType type) => Known[RankOf(type)].Code;

    /// <summary>The type of this name; null if the format has none.</summary>
    public static SafetensorsType? Find(string? code) => Array.Find(Known, known => known.Code == code);
}

/// <summary>A type of elements.</summary>
/// <param name="Code">What the format calls it.</param>
/// <param name="Bits">Of one element; tensors fill whole bytes all the same.</param>
/// <param name="Type">What TorchSharp calls it; null if it has no such type.</param>
internal sealed record SafetensorsType(string Code, int Bits, ScalarType? Type = null);
