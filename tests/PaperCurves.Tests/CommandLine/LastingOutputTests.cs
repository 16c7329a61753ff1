using FluentAssertions;
using Xunit;
using Zapping.CommandLine;

namespace PaperCurves.Tests.CommandLine;

/// <summary>A terminal that is closed, or a full disk, under the text of a program: the work goes on.</summary>
public sealed class LastingOutputTests
{
    [Fact]
    public void All_text_arrives_while_it_can()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        using var output = new LastingOutput(inner) { NewLine = "\n" };
        output.Write('a');
        output.Write("b");
        output.Write(['c', 'd'], 0, 1);
        output.WriteLine("e");
        output.Write("{0}{1}", 1, 2);
        inner.ToString().Should().Be("abce\n12");
        output.Encoding.Should().Be(inner.Encoding);
    }

    [Fact]
    public void What_comes_after_the_end_is_dropped_and_the_loss_told_once()
    {
        using var inner = new ClosedTerminal();
        var losses = new List<string>();
        using var output = new LastingOutput(inner, failure => losses.Add(failure.Message));
        for (var line = 0; line < 3; line++)
        {
            output.WriteLine("progress");
        }

        losses.Should().Equal("Input/output error");
        inner.Writes.Should().Be(1);
    }

    [Fact]
    public void Other_errors_are_not_hidden()
    {
        using var inner = new ClosedTerminal { Failure = new InvalidOperationException("a mistake") };
        using var output = new LastingOutput(inner);
        output.Invoking(each => each.Write("x")).Should().Throw<InvalidOperationException>();
    }

    private sealed class ClosedTerminal : StringWriter
    {
        public Exception Failure { get; init; } = new IOException("Input/output error");

        public int Writes { get; private set; }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Writes++;
            throw Failure;
        }
    }
}
