using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Randomness;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Randomness;

/// <summary>libtorch ends the process on a state that it refuses, so what is let through must be what it takes.</summary>
public sealed class GeneratorStateTests
{
    [Fact]
    public void Every_state_that_draws_lead_to_is_valid_and_continues()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5UL);
        for (var draws = 0; draws < 1300; draws++)
        {
            GeneratorState.IsValid(generator.get_state()).Should().BeTrue($"{draws} numbers were drawn");
            rand([1], generator: generator);
        }
    }

    [Theory]
    [InlineData(0, 0, 1, false)] // left, next, seeded
    [InlineData(1, 624, 1, true)]
    [InlineData(1, 625, 1, false)]
    [InlineData(2, 624, 1, false)]
    [InlineData(624, 1, 1, true)]
    [InlineData(624, 2, 1, false)]
    [InlineData(625, 0, 1, false)]
    [InlineData(-1, 0, 1, false)]
    [InlineData(1, 0, 0, false)]
    [InlineData(int.MinValue, 0, 1, false)]
    [InlineData(1, -1, 1, false)]
    public void Words_that_are_left_must_lie_in_the_array(int left, long next, int seeded, bool valid)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5UL);
        var state = generator.get_state();
        BitConverter.GetBytes(left).CopyTo(state.bytes[8..]);
        BitConverter.GetBytes(seeded).CopyTo(state.bytes[12..]);
        BitConverter.GetBytes(next).CopyTo(state.bytes[16..]);
        GeneratorState.IsValid(state).Should().Be(valid);
    }

    [Fact]
    public void What_is_valid_libtorch_takes_and_draws_from() => Gen.Select(Gen.Int[-2, 630], Gen.Int[0, 630], Gen.Byte.Array[8, 5056]).Sample(
        (left, next, noise) =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(5UL);
            var state = generator.get_state();
            noise.CopyTo(state.bytes);
            BitConverter.GetBytes(left).CopyTo(state.bytes[8..]);
            BitConverter.GetBytes(1).CopyTo(state.bytes[12..]);
            BitConverter.GetBytes((long)next).CopyTo(state.bytes[16..]);
            if (!GeneratorState.IsValid(state))
            {
                return true;
            }

            generator.set_state(state); // or the process ends
            return rand([700], generator: generator).lt(1).all().item<bool>();
        },
        iter: Fuzz.Iterations(2_000));
}
