using System.CommandLine;
using System.Reflection;
using FluentAssertions;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.CommandLine;
using Zapping.Datasets;

namespace PaperCurves.Tests.CommandLine;

/// <summary>Whatever a command throws: one line, and a code that tells kinds apart.</summary>
public sealed class FailureTests
{
    public static TheoryData<Exception, int, string> Known => new()
    {
        { new DataException("x: damaged"), 2, "x: damaged" },
        { new SweepException("a.yaml:3: wrong"), 2, "a.yaml:3: wrong" },
        { new DivergenceException("the loss is NaN at step 3"), 3, "the loss is NaN at step 3" },
        { new IOException("disk full\nreally"), 2, "disk full really" },
        { new UnauthorizedAccessException("Access to the path 'x' is denied."), 2, "Access to the path 'x' is denied." },
        { new AggregateException(new DataException("inside")), 2, "inside" },
        { new TargetInvocationException(new FileNotFoundException("no file")), 2, "no file" },
        { new InsufficientMemoryException("Insufficient memory"), 2, "there is not enough memory (Insufficient memory)." },
        { new System.ComponentModel.Win32Exception(0, "[enforce fail at alloc_cpu.cpp:119] err == 0. DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.\nframe #0: c10\n"), 2, "there is not enough memory (" },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public async Task What_a_user_can_mend_is_one_line_with_its_reason(Exception exception, int exitCode, string message)
    {
        var outcome = await RunAsync((_, _) => throw exception);
        outcome.ExitCode.Should().Be(exitCode);
        outcome.Errors.TrimEnd('\r', '\n').Should().StartWith($"error: {message}").And.NotContainAny("\n", "\r");
    }

    [Fact]
    public async Task An_error_of_the_program_has_its_own_code_and_leaves_its_stack_in_a_file()
    {
        var outcome = await RunAsync((_, _) => throw new InvalidOperationException("Sequence contains no elements\nframe #0"));

        outcome.ExitCode.Should().Be(70);
        var line = outcome.Errors.TrimEnd('\r', '\n');
        line.Should().StartWith("error: this is an error of the program: InvalidOperationException: Sequence contains no elements").And.NotContainAny("\n", "\r");
        var file = line[(line.LastIndexOf("written in ", StringComparison.Ordinal) + "written in ".Length)..].TrimEnd('.') + ".";
        file = file.EndsWith(".txt.", StringComparison.Ordinal) ? file[..^1] : file;
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        text.Should().Contain("   at ").And.Contain(nameof(FailureTests)).And.Contain(".NET");
        File.Delete(file);
    }

    [Fact]
    public async Task Who_is_interrupted_without_a_word_still_ends_with_the_code_of_interruptions()
    {
        using var source = new CancellationTokenSource();
        var root = new RootCommand();
        CommandAction.Of(root, (_, cancellationToken) =>
        {
            source.Cancel();
            cancellationToken.ThrowIfCancellationRequested();
            return ExitCodes.Done;
        });
        using var errors = new StringWriter();
        var exitCode = await root.Parse([]).InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, Error = errors }, source.Token);
        exitCode.Should().Be(130);
        errors.ToString().Should().StartWith("error: interrupted");
    }

    [Fact]
    public async Task Cancelled_by_nobody_is_an_error_of_the_program() =>
        (await RunAsync((_, _) => throw new OperationCanceledException())).ExitCode.Should().Be(70);

    [Theory]
    [InlineData("a\nb", "a b")]
    [InlineData("a \r\n   b\r\n", "a b")]
    [InlineData("tab\there", "tab?here")]
    [InlineData("a\u2028b\u2029c", "a b c")]
    [InlineData("", "")]
    public void One_line_stays_one(string text, string line) => OneLine.Of(text).Should().Be(line);

    private static async Task<(int ExitCode, string Errors)> RunAsync(Func<ParseResult, CancellationToken, int> work)
    {
        var root = new RootCommand();
        CommandAction.Of(root, work);
        using var errors = new StringWriter();
        return (await Invocation.RunAsync(root, [], errors).ConfigureAwait(false), errors.ToString());
    }
}
