using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
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
    public void Entries_are_those_of_the_flattened_parameter_whatever_its_memory_is_like()
    {
        Gen.Select(Gen.Shuffle(Enumerable.Range(0, 24).ToArray(), 1, 24), Gen.Int[0, 2]).Sample((chosen, layout) =>
        {
            using var scope = NewDisposeScope();
            var entries = Array.ConvertAll(chosen, entry => (long)entry);
            var slice = ParameterSlice.Entries(entries);
            var values = arange(24, ScalarType.Float32);
            var tensor = layout switch
            {
                0 => values.reshape(2, 3, 2, 2).clone(),
                1 => values.reshape(2, 3, 2, 2).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2),
                _ => values.reshape(4, 6).t().contiguous().t(),
            };
            var (handle, strides) = (tensor.Handle, tensor.stride());
            var gathered = slice.Gather(tensor).data<float>().ToArray();
            slice.Scatter(tensor, tensor_(entries).to(ScalarType.Float64).mul(-1));
            var written = tensor.reshape(-1).data<float>().ToArray();
            slice.Fill(tensor, 7);
            return gathered.SequenceEqual(entries.Select(entry => (float)entry))
                && Enumerable.Range(0, 24).All(i => written[i] == (chosen.Contains(i) ? -i : i))
                && tensor.eq(7).sum().item<long>() == chosen.Length + (chosen.Contains(7) ? 0 : 1)
                && tensor.Handle == handle && tensor.stride().SequenceEqual(strides)
                && slice.ShapeOf(tensor.shape) is [var count] && count == chosen.Length;
        });

        static Tensor tensor_(long[] values) => tensor(values);
    }

    [Fact]
    public void Entries_beyond_the_parameter_are_refused_and_they_say_what_they_are()
    {
        ParameterSlice.Entries(0, 17).ToString().Should().Be("entries 0, 17");
        ParameterSlice.Entries(4).ToString().Should().Be("entry 4");
        FluentActions.Invoking(() => ParameterSlice.Entries(6).EnsureWithin([2, 3], "w")).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Parameter 'w' of shape [2, 3] has no entry 6: it has 6 entries.*");
        FluentActions.Invoking(() => ParameterSlice.Entries(1, 1)).Should().Throw<ArgumentException>().WithMessage("*entry 1 twice*");
        FluentActions.Invoking(() => ParameterSlice.Entries()).Should().Throw<ArgumentException>().WithMessage("*empty*");
        using var net = Nets.Small();
        FluentActions.Invoking(() => ZapScheduler.ResetNow(net, [], WritePolicy.Of(() => Nets.HeadOf(net).weight, ParameterSlice.Entries(3), Initializer.KaimingNormal(KaimingFan.AsPublished))))
            .Should().Throw<ArgumentException>().WithMessage("*AsPublished counts rows*PerRow*");
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
