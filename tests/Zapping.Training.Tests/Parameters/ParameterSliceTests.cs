using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Parameters;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Parameters;

public sealed class ParameterSliceTests
{
    private static readonly Gen<int[]> Indices = Gen.Shuffle(Enumerable.Range(0, 9).ToArray(), 1, 9);

    [Fact]
    public void Gather_and_scatter_are_inverse_and_leave_the_rest_alone()
    {
        Gen.Select(Indices, Gen.Bool, Gen.Bool).Sample((indices, rows, transposed) =>
        {
            using var scope = NewDisposeScope();
            var slice = rows ? ParameterSlice.Rows(indices) : ParameterSlice.Columns(indices);
            var tensor = transposed ? arange(81).reshape(9, 9).t() : arange(81).reshape(9, 9).clone();
            var original = tensor.clone();

            var gathered = slice.Gather(tensor);
            var direct = original.index_select(rows ? 0 : 1, tensor_(indices));
            slice.Scatter(tensor, gathered.mul(-1));

            slice.Scatter(tensor, gathered);
            var untouched = tensor.eq(original).all().item<bool>();
            slice.Fill(tensor, -1);
            var filled = tensor.eq(-1).sum().item<long>();
            return gathered.eq(direct).all().item<bool>()
                && gathered.shape.AsSpan().SequenceEqual(slice.ShapeOf(original.shape))
                && untouched
                && filled == indices.Length * 9;
        });

        static Tensor tensor_(int[] values) => tensor([.. values.Select(v => (long)v)]);
    }

    [Fact]
    public void All_is_the_whole_tensor()
    {
        using var scope = NewDisposeScope();
        var values = arange(6).reshape(2, 3);
        ParameterSlice.All.Gather(values).eq(values).all().item<bool>().Should().BeTrue();
        ParameterSlice.All.Fill(values, 7);
        values.eq(7).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Empty_double_and_negative_selections_are_refused()
    {
        FluentActions.Invoking(() => ParameterSlice.Rows()).Should().Throw<ArgumentException>().WithMessage("*empty*");
        FluentActions.Invoking(() => ParameterSlice.Rows(3, 1, 3)).Should().Throw<ArgumentException>().WithMessage("*row 3 twice*");
        FluentActions.Invoking(() => ParameterSlice.Columns(2, 2)).Should().Throw<ArgumentException>().WithMessage("*column 2 twice*");
        FluentActions.Invoking(() => ParameterSlice.Rows(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void It_says_what_it_selects()
    {
        ParameterSlice.All.ToString().Should().Be("all");
        ParameterSlice.Rows(3).ToString().Should().Be("row 3");
        ParameterSlice.Columns(1, 2).ToString().Should().Be("columns 1, 2");
        ParameterSlice.Rows([.. Enumerable.Range(0, 100)]).ToString().Should().Be("100 rows (0, 1, 2, 3, 4, 5, 6, 7, …)");
    }
}
