using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>
/// Marks the units of a layer with NaN such that few examples tell which of them something depends on. Example 0 has no
/// mark and example 1 all; for each bit of a unit's number, one example marks the units that have it and another those that
/// have it not. What is marked in exactly one of each such pair depends on exactly one unit, whose number the pairs spell.
/// </summary>
/// <param name="units">How many there are.</param>
internal sealed class UnitCode(int units)
{
    /// <summary>What <see cref="Decode(bool[][])"/> says of a place that depends on no unit.</summary>
    public const int None = -1;

    /// <summary>What <see cref="Decode(bool[][])"/> says of a place that depends on several units.</summary>
    public const int Several = -2;

    private readonly int _bits = units == 1 ? 0 : int.Log2(units - 1) + 1;

    /// <summary>Examples in the batch.</summary>
    public int Examples => 2 + (2 * _bits);

    /// <summary>A copy of values [examples, …] in which the units of a dimension are marked.</summary>
    public Tensor Mark(Tensor values, int dimension)
    {
        var shape = new long[values.dim()];
        Array.Fill(shape, 1);
        (shape[0], shape[dimension]) = (Examples, units);
        using Scalar mark = double.NaN;
        return values.masked_fill(Pattern(values.device).reshape(shape), mark);
    }

    /// <summary>Which places of a dimension of values [examples, …] are marked in which example: [examples][places].</summary>
    public static bool[][] Read(Tensor values, int dimension)
    {
        using var scope = NewDisposeScope();
        var places = values.size(dimension);
        var marks = values.isnan().movedim([dimension], [1]).reshape(values.size(0), places, -1).any(2);
        return [.. marks.cpu().contiguous().data<bool>().ToArray().Chunk((int)places)];
    }

    /// <summary>Of each place, the only unit that it depends on, <see cref="None"/> or <see cref="Several"/>.</summary>
    public int[] Decode(bool[][] marks) => [.. Enumerable.Range(0, marks[0].Length).Select(place => Decode(marks, place))];

    private int Decode(bool[][] marks, int place)
    {
        if (!marks[1][place])
        {
            return None;
        }

        var unit = 0;
        for (var bit = 0; bit < _bits; bit++)
        {
            var (has, hasNot) = (marks[2 + (2 * bit)][place], marks[3 + (2 * bit)][place]);
            if (has == hasNot)
            {
                return Several;
            }

            unit |= has ? 1 << bit : 0;
        }

        return unit;
    }

    private Tensor Pattern(Device device)
    {
        var pattern = new bool[Examples * units];
        for (var unit = 0; unit < units; unit++)
        {
            pattern[units + unit] = true;
            for (var bit = 0; bit < _bits; bit++)
            {
                var has = (unit >> bit & 1) == 1;
                pattern[((2 + (2 * bit) + (has ? 0 : 1)) * units) + unit] = true;
            }
        }

        return tensor(pattern, device: device);
    }
}
