using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Samples.Tests;

/// <summary>Every sample runs to its end and says what it promises to say.</summary>
public sealed class SampleTests
{
    [Fact]
    public void The_own_loop_resets_twice_and_learns_the_head_again_each_time()
    {
        var lines = Sample.Lines("OwnLoop");

        lines.Where(line => line == "  reset: head.weight, head.bias").Should().HaveCount(2);
        var epochs = lines.Where(line => line.StartsWith("epoch ", StringComparison.Ordinal)).Select(Numbers).ToList();
        epochs.Should().HaveCount(6);
        foreach (var reset in new[] { 2, 4 })
        {
            Array.IndexOf(lines, lines.First(line => line.StartsWith($"epoch {reset}", StringComparison.Ordinal)))
                .Should().Be(Array.IndexOf(lines, lines.First(line => line.StartsWith($"epoch {reset - 1}", StringComparison.Ordinal))) + 2);
            epochs[reset][1].Should().BeLessThan(50, "the head is new");
            epochs[reset][2].Should().BeGreaterThan(90);
        }

        lines[^1].Should().EndWith("ZapSchedulerState { Boundaries = 6, Resets = 2 }");
    }

    [Fact]
    public void The_custom_policy_changes_the_two_weakest_rows_and_nothing_else_and_then_two_others()
    {
        var lines = Sample.Lines("CustomPolicy");

        var norms = Numbers(lines[0]);
        var rows = norms.Select((norm, row) => (norm, row)).OrderBy(unit => unit.norm).Select(unit => unit.row).ToList();
        var weakest = string.Join(", ", rows[..2].Order());
        lines[1..].Should().Equal(
            $"reset 0: head.weight rows {weakest}",
            "body.weight: no row changed",
            "body.bias: no row changed",
            $"head.weight: rows {weakest} changed",
            "head.bias: no row changed",
            $"reset 1: head.weight rows {string.Join(", ", rows[2..4].Order())}");
    }

    [Fact]
    public void The_classes_that_arrive_one_by_one_end_in_a_table_and_a_picture()
    {
        var folder = Directory.CreateTempSubdirectory("zapping-sample-").FullName;

        var lines = Sample.Lines("ClassIncremental", "--smoke", "--out", folder);

        lines[..2].Should().Equal(
            "without zapping: 6 classes together, then 4 one by one", "with zapping: 6 classes together, then 4 one by one");
        lines.Where(line => line.StartsWith('│')).Select(line => line.Split('│')[1].Trim())
            .Should().Equal("classes seen", "6", "7", "8", "9", "10");
        var picture = File.ReadAllBytes(Path.Combine(folder, "class-incremental.png"));
        picture.AsSpan(1, 3).SequenceEqual("PNG"u8).Should().BeTrue();
        lines[^1].Should().Be(Path.Combine(folder, "class-incremental.png"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_folder_without_data_is_refused_with_the_reason()
    {
        var (exitCode, _, errors) = Sample.Run("ClassIncremental", "--smoke", "--data", "no-such-folder");

        exitCode.Should().Be(2);
        errors.Trim().Should().EndWith(
            "no-such-folder: no Omniglot here, neither the folder images_background/ nor the archive images_background.zip exists.");
    }

    [Theory]
    [InlineData("--seed", "-1")]
    [InlineData("--seed", "1,5")]
    [InlineData("--out", "")]
    [InlineData("--out", "ClassIncremental.dll/pictures")]
    [InlineData("--color", "red")]
    public void The_class_incremental_sample_refuses_in_one_line_what_it_does_not_understand(string option, string value)
    {
        var (exitCode, output, errors) = Sample.RunIn(AppContext.BaseDirectory, "ClassIncremental", "--smoke", option, value);

        exitCode.Should().Be(2);
        output.Should().BeEmpty();
        errors.Trim().Should().StartWith("error: ").And.NotContain("\n");
    }

    [Fact]
    public void The_gpu_sample_says_where_it_runs()
    {
        var lines = Sample.Lines("Cuda");

        lines[0].Should().Be(TorchSharp.torch.cuda.is_available()
            ? $"CUDA is there, with {TorchSharp.torch.cuda.device_count()} device(s); this runs on the first."
            : "CUDA is not there: this build has no CUDA backend, or the system no NVIDIA driver. This runs on the CPU.");
        lines[1].Should().StartWith("48 steps, 3 resets, mean loss ");
    }

    private static double[] Numbers(string line) =>
        [.. line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => char.IsAsciiDigit(word[0])).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
}
