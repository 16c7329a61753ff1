using static TorchSharp.torch;

namespace Hosted;

/// <summary>Digits on seven-segment displays, as a poor sensor reads them: brightness of the segments, and noise.</summary>
internal static class Displays
{
    public const int Digits = 10;
    public const int Segments = 7;

    // Top, upper left, upper right, middle, lower left, lower right, bottom.
    private static readonly string[] Lit =
        ["1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"];

    /// <returns>Readings [n, 7] and the digits [n] that were shown.</returns>
    public static (Tensor Readings, Tensor Digits) Read(int count, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var segments = tensor(Lit.SelectMany(digit => digit.Select(segment => segment - '0')).ToArray(), [Digits, Segments], float32);
        var digits = randint(0, Digits, [count], generator: generator);
        var readings = segments[digits] + (0.35 * randn([count, Segments], generator: generator));
        return (readings.MoveToOuterDisposeScope(), digits.MoveToOuterDisposeScope());
    }
}
