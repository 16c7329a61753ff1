using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.HiddenUnits;

public sealed class UnitCodeTests
{
    private static readonly Gen<(int Units, int[][] Places)> Cases = Gen.Int[1, 70].SelectMany(
        units => Gen.Int[0, units - 1].HashSet[0, Math.Min(3, units)].Select(set => set.ToArray()).Array[1, 12].Select(places => (units, places)));

    [Fact]
    public void It_names_the_only_unit_that_a_place_depends_on()
    {
        Cases.Sample(given =>
        {
            using var scope = NewDisposeScope();
            var code = new UnitCode(given.Units);
            var marked = code.Mark(ones(code.Examples, given.Units), 1);
            var places = stack(given.Places.Select(set => set.Aggregate(zeros(code.Examples), (sum, unit) => sum + (0 * marked.select(1, unit)))), 1);
            var expected = given.Places.Select(set => set.Length switch
            {
                0 => UnitCode.None,
                1 => set[0],
                _ => UnitCode.Several,
            });
            return code.Decode(UnitCode.Read(places, 1)).SequenceEqual(expected);
        });
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 6)]
    [InlineData(256, 18)]
    [InlineData(257, 20)]
    public void It_takes_two_examples_for_each_bit_and_two_more(int units, int examples) => new UnitCode(units).Examples.Should().Be(examples);

    [Fact]
    public void Marks_anywhere_in_a_map_count_for_its_channel()
    {
        using var scope = NewDisposeScope();
        var values = zeros(2, 3, 2, 2);
        values[1, 2, 0, 1] = tensor(float.NaN);
        UnitCode.Read(values, 1)[1].Should().Equal(false, false, true);
        UnitCode.Read(values, 3)[1].Should().Equal(false, true);
        UnitCode.Read(values, 1)[0].Should().NotContain(true);
    }
}
