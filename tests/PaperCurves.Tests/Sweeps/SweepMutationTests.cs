using CsCheck;
using FluentAssertions;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.Sweeps;

/// <summary>Whatever is done to a file, it is read, or refused with file and line.</summary>
public sealed class SweepMutationTests
{
    private static readonly string[] Lines = SweepSample.Yaml.Split('\n');

    private static readonly string[] Values = ["", "0", "-1", "1e400", "nan", "true", "[]", "{}", "[[1]]", "{a: 1}", "'x'", "\"", "*a", "&a [*a]", "!!int 3", "? b", "~", "é", "#"];

    private static readonly Gen<string> Mutated =
        from kind in Gen.Int[0, 4]
        from line in Gen.Int[0, Lines.Length - 1]
        from at in Gen.Int[0, 120]
        from value in Gen.Int[0, Values.Length - 1].Select(i => Values[i])
        from letter in Gen.Char[' ', '~']
        select string.Join('\n', kind switch
        {
            0 => [.. Lines[..line], .. Lines[(line + 1)..]],
            1 => With(line, text => text.Insert(Math.Min(at, text.Length), $"{letter}")),
            2 => With(line, text => text.Length == 0 ? text : text.Remove(Math.Min(at, text.Length - 1), 1)),
            3 => With(line, text => text[..(text.IndexOf(':', StringComparison.Ordinal) + 1)] + " " + value),
            _ => With(line, text => string.Join(", ", text.Split(", ").Select((part, i) => i == at % 5 ? part.Split(": ")[0] + ": " + value : part))),
        });

    [Fact]
    public void Any_change_gives_a_sweep_or_a_message_with_its_line() => Mutated.Sample(
        yaml =>
        {
            try
            {
                var sweep = SweepFile.Parse(yaml, SweepSample.File);
                sweep.Networks.Should().NotBeEmpty();
            }
            catch (SweepException failure)
            {
                failure.Message.Should().MatchRegex(@"\Asample\.yaml:[1-9][0-9]*: [^\n]+\z");
            }
        },
        iter: Fuzz.Iterations(20_000));

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Any_depth_is_refused_before_it_fills_the_stack(string step) =>
        FluentActions.Invoking(() => SweepFile.Parse(string.Concat(Enumerable.Repeat(step, 300_000)), SweepSample.File))
            .Should().Throw<SweepException>().WithMessage("sample.yaml:1: this is no YAML: *nested more deeply than any sweep*");

    private static string[] With(int line, Func<string, string> change) => [.. Lines[..line], change(Lines[line]), .. Lines[(line + 1)..]];
}
