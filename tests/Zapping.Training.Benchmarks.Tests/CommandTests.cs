using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using Python = Zapping.Training.Tests.Safetensors.PyTorch;

namespace Zapping.Training.Benchmarks.Tests;

[Collection(AloneCollection.Name)] // what goes to the console is read
public sealed class CommandTests
{
    [Theory]
    [InlineData("bench")]
    [InlineData("compare")]
    [InlineData("share")]
    [InlineData("hooks")]
    [InlineData("overhead")]
    [InlineData("class-count")]
    [InlineData("episode-cost")]
    [InlineData("memory")]
    [InlineData("arena")]
    [InlineData("convolutions")]
    [InlineData("onednn")]
    [InlineData("profile")]
    [InlineData("roofline")]
    [InlineData("report")]
    [InlineData("work")]
    public void Every_command_explains_itself(string command)
    {
        var (exitCode, output, _) = Run(command, "--help");

        exitCode.Should().Be(0);
        output.Should().Contain("--threads").And.Contain("--device");
    }

    [Fact]
    public void An_option_that_does_not_exist_is_refused_by_name()
    {
        var (exitCode, _, error) = Run("compare", "--work", "iid", "--wdth", "8");

        exitCode.Should().NotBe(0);
        error.Should().Contain("--wdth");
    }

    [Theory]
    [MemberData(nameof(Works))]
    public void A_work_and_its_script_take_the_same_options_and_say_the_same_two_things(string work)
    {
        var python = Python.Interpreter;
        string[] options = ["--steps", "1", "--width", "4", "--classes", "3", "--threads", "1", "--device", "cpu"];
        var compared = ComparedWork.Named(work);

        var (exitCode, ours, _) = Run(["work", work, .. options]);
        var theirs = new PyTorch(python).Run(compared.Script, [.. options, .. compared.ScriptArguments], []);

        exitCode.Should().Be(0);
        foreach (var measure in new[] { ours, theirs }.Select(WorkMeasure.Parse))
        {
            measure.Milliseconds.Should().BePositive();
            measure.PeakMiB.Should().BeGreaterThanOrEqualTo(0);
        }
    }

    [Fact]
    public void A_comparison_is_a_table_with_a_line_for_each_allocator()
    {
        var (exitCode, output, _) = Run("compare", "--work", "reset-32", "--rounds", "1", "--steps", "1", "--python", Python.Interpreter);

        exitCode.Should().Be(0);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(4, "a header takes two lines")
            .And.OnlyContain(line => line.StartsWith("| ", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_policy_of_every_step_is_measured_on_both_networks()
    {
        var (exitCode, output, _) = Run("overhead", "--policies", "--repetitions", "1", "--width", "4", "--threads", "1");

        exitCode.Should().Be(0);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];
        lines.Select(line => string.Join('|', line.Split('|')[1..3].Select(cell => cell.Trim()))).Should().Equal(
            from network in new[] { "perceptron", "convnet" }
            from policy in new[]
            {
                "self-normalized resets", "continual backpropagation", "weight clipping", "norm projection", "norm projection, soft", "UPGD", "Parseval penalty", "spectral penalty",
                "hare and tortoise", "shrink and perturb", "L2 Init",
            }
            select $"{network}|{policy}");
        lines.Should().AllSatisfy(line => line.Should().NotContain("–", "each was timed"));
    }

    [Fact]
    public void A_script_that_fails_ends_the_comparison_with_its_name()
    {
        var (exitCode, _, error) = Run("compare", "--work", "iid", "--rounds", "1", "--steps", "1", "--width", "4", "--python", "no-such-python");

        exitCode.Should().Be(2);
        error.Should().Contain("no-such-python").And.NotContain("   at ");
    }

    [Theory]
    [InlineData("bench", "--threads", "0")]
    [InlineData("compare", "--rounds", "-1")]
    [InlineData("compare", "--work", "nothing")]
    [InlineData("share", "--width", "2,5")]
    [InlineData("hooks", "--repetitions", "NaN")]
    [InlineData("overhead", "--device", "gpu")]
    [InlineData("class-count", "--repetitions", "0")]
    [InlineData("episode-cost", "--keep-weights-every", "x")]
    [InlineData("memory", "199", "memory")]
    [InlineData("profile", "--threads", "100000000")]
    [InlineData("roofline", "--width", "")]
    [InlineData("report", "--out", "")]
    [InlineData("work", "iid", "--blocks")]
    public void What_cannot_be_measured_is_refused_in_one_line(params string[] arguments)
    {
        var (exitCode, output, error) = Run(arguments);

        exitCode.Should().Be(2);
        output.Should().BeEmpty();
        error.TrimEnd('\r', '\n').Should().StartWith("error: ").And.NotContainAny("\n", "\r");
    }

    [Fact]
    public void Tables_say_a_dash_where_there_is_no_number()
    {
        foreach (var number in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            new[] { Markdown.Time(number), Markdown.Ratio(number), Markdown.Percent(number), Markdown.Giga(number, "GB/s") }.Should().AllBe("–");
        }

        Markdown.Spread([1 / 0.0, 2, 3], Markdown.Ratio).Should().Be("**3.00** (2.00 to –)");
        Markdown.Giga(2.5e9, "GB/s", digits: 1).Should().Be("2.5 GB/s");
    }

    public static TheoryData<string> Works() => [.. ComparedWork.Names];

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        var (console, errors) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        Console.SetOut(output);
        Console.SetError(error);
        try
        {
            return (CommandLine.Run(arguments), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
            Console.SetError(errors);
        }
    }
}
