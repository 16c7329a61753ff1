using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Samples.Tests;

/// <summary>The stream whose labels change: resets keep its network learning, and what cannot be used is refused in one line.</summary>
public sealed class ChangingLabelsTests : IDisposable
{
    private const string Name = "ChangingLabels";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-labels-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Resets_of_the_last_layer_more_than_double_what_is_recognized()
    {
        var (exitCode, output, errors) = Sample.RunIn(_folder.FullName, Name, "--tasks", "6", "--seeds", "1");

        exitCode.Should().Be(0, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[..2].Should().AllSatisfy(line => line.Should().MatchRegex("^with(out)? resets: +[0-9]+ % recognized in task 1, [0-9]+ % in task 6$"));
        var (without, with) = (Percents(lines[0]), Percents(lines[1]));
        with.First.Should().Be(without.First, "both begin with the same weights, drawings and labels, and the first task needs no reset");
        with.Last.Should().BeGreaterThan(without.Last + 25, "it was 69 and 30 when this was written");
        lines[2].Should().StartWith("See ").And.EndWith("changing-labels.png");
        File.ReadAllBytes(Path.Combine(_folder.FullName, "out", "changing-labels.png")).AsSpan(1, 3).SequenceEqual("PNG"u8).Should().BeTrue();
    }

    [Fact]
    public void Mnist_is_read_from_its_files()
    {
        File.WriteAllBytes(Path.Combine(_folder.FullName, "train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 19, 136, 0, 0, 0, 28, 0, 0, 0, 28, .. Digits(5000)]);
        File.WriteAllBytes(Path.Combine(_folder.FullName, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 19, 136, .. Enumerable.Range(0, 5000).Select(i => (byte)(i % 10))]);

        var (exitCode, output, errors) = Sample.RunIn(_folder.FullName, Name, ".", "--tasks", "1", "--seeds", "1");

        exitCode.Should().Be(0, errors);
        Percents(output.Split('\n')[0]).Last.Should().BeGreaterThan(80, "a stripe for each digit is easy to tell");
    }

    [Fact]
    public void A_folder_without_mnist_is_refused_with_the_reason()
    {
        var (exitCode, _, errors) = Sample.RunIn(_folder.FullName, Name, ".");

        exitCode.Should().Be(2);
        errors.Trim().Should().StartWith($"{_folder.FullName}: there is no train-images-idx3-ubyte, neither as it is nor as .gz.").And.NotContain("\n");
    }

    [Fact]
    public void Help_and_wrong_numbers_are_answered()
    {
        Sample.Run(Name, "--help").Output.Should().Contain("--tasks").And.Contain("--seeds").And.Contain("MNIST");
        var (exitCode, _, errors) = Sample.Run(Name, "--tasks", "0");
        exitCode.Should().Be(1);
        errors.Should().Contain("--tasks must be at least 1.");
    }

    // A white page with one black stripe, where the digit says.
    private static byte[] Digits(int count)
    {
        var pixels = new byte[count * 28 * 28];
        for (var i = 0; i < count; i++)
        {
            pixels.AsSpan((i * 28 * 28) + (2 * 28 * (i % 10)), 28).Fill(byte.MaxValue);
        }

        return pixels;
    }

    private static (int First, int Last) Percents(string line)
    {
        int[] numbers = [.. line.Split(" %")[..2].Select(part => int.Parse(part.Split(' ')[^1], CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1]);
    }
}
