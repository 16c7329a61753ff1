using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Parameters;

/// <summary>Slices against plain loops over indices, on tensors of any shape and layout.</summary>
public sealed class ParameterSliceFuzzTests
{
    [Fact]
    public void Gather_scatter_fill_and_shape_are_what_loops_say() =>
        Gen.Select(Gen.Int[0, 5].Array[1, 4], Gen.Int[-1, 6].Array[0, 6], Gen.Bool, Gen.Bool).Sample(
            (sizes, indices, rows, strided) =>
            {
                using var scope = NewDisposeScope();
                var dimension = rows ? 0 : 1;
                var slice = Try(() => rows ? ParameterSlice.Rows(indices) : ParameterSlice.Columns(indices));
                var isSelection = indices.Length > 0 && indices.Distinct().Count() == indices.Length && indices.All(i => i >= 0);
                (slice is not null).Should().Be(isSelection);
                if (slice is null)
                {
                    return;
                }

                long[] shape = [.. sizes.Select(size => (long)size)];
                var fits = sizes.Length > dimension && indices.All(i => i < sizes[dimension]);
                var refusal = Record.Exception(() => slice.EnsureWithin(shape, "p"));
                (refusal is null).Should().Be(fits);
                if (!fits)
                {
                    refusal.Should().BeOfType<ArgumentOutOfRangeException>();
                    return;
                }

                var values = Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => (float)i).ToArray();
                var tensor = Laid(values, shape, strided);
                var places = Places(sizes, dimension, indices);
                Flat(slice.Gather(tensor)).Should().Equal(places.Select(place => values[place]));
                slice.ShapeOf(shape).Should().Equal(shape.Select((size, d) => d == dimension ? indices.Length : size));
                slice.CountOf(shape).Should().Be(indices.Length);

                slice.Scatter(tensor, slice.Gather(tensor) * -2);
                Flat(tensor).Should().Equal(values.Select((value, i) => places.Contains(i) ? -2 * value : value));
                slice.Fill(tensor, 7);
                Flat(tensor).Should().Equal(values.Select((value, i) => places.Contains(i) ? 7 : value));
            },
            iter: Fuzz.Iterations(3_000));

    // Positions in row-major order of what is selected, in the order of the selection.
    private static List<int> Places(int[] sizes, int dimension, int[] indices)
    {
        var before = sizes[..dimension].Aggregate(1, (a, b) => a * b);
        var after = sizes[(dimension + 1)..].Aggregate(1, (a, b) => a * b);
        return [.. Enumerable.Range(0, before).SelectMany(b => indices.SelectMany(i => Enumerable.Range(0, after).Select(a => (((b * sizes[dimension]) + i) * after) + a)))];
    }

    private static Tensor Laid(float[] values, long[] shape, bool strided)
    {
        var plain = tensor(values, shape);
        if (!strided)
        {
            return plain;
        }

        long[] turned = [.. Enumerable.Range(0, shape.Length).Reverse().Select(d => (long)d)];
        return plain.permute(turned).contiguous().permute(turned);
    }

    private static float[] Flat(Tensor tensor) => tensor.numel() == 0 ? [] : tensor.contiguous().clone().data<float>().ToArray();

    private static ParameterSlice? Try(Func<ParameterSlice> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
