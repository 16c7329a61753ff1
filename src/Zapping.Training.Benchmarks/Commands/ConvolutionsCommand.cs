using System.CommandLine;
using System.Globalization;
using Zapping.CommandLine;
using Zapping.Training.Internal;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// convolutions: compares kinds of convolutions with float64, as libtorch computes them on this machine and behind the guard
/// (oneDNN switched off), and prints what is wrong.
/// </summary>
internal static class ConvolutionsCommand
{
    private const int Repetitions = 4;
    private const int Examples = 16;

    /// <summary>Of channels: whole blocks of 16, blocks of 8 alone, neither, and few.</summary>
    private static readonly (long In, long Out)[] Channels =
        [(1, 16), (3, 64), (8, 16), (16, 16), (32, 48), (48, 112), (256, 256), (16, 8), (24, 40), (12, 32), (20, 16), (16, 20), (20, 50), (4, 4)];

    public static Command Create()
    {
        var check = new Option<bool>("--check") { Description = "Only say in one line whether this machine is affected, and what the guard does." };
        var command = new Command("convolutions", "Compare libtorch's convolutions with float64, with and without the guard.") { check };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            return parse.GetValue(check) ? Check() : Compare();
        });
        return command;
    }

    private static int Check()
    {
        var status = ConvolutionGuard.Protect();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"machine: {(status.IsAffected == true ? "affected" : "not affected")}; convolution guard: {status.State} (probe of {status.ProbeDuration.TotalMilliseconds:f0} ms). {status.Message}"));
        return status.State == ConvolutionGuardState.Wrong ? 1 : 0;
    }

    private static int Compare()
    {
        var oneDnn = LibTorchContext.Find() ?? throw new MeasuringException("this libtorch exports no context, so its oneDNN cannot be switched.");
        oneDnn.QuietNnpack();
        Markdown.Header("convolution", "examples", "as libtorch comes: outputs, gradient by input, by weight, second order", "behind the guard");
        var stillWrong = 0;
        foreach (var (shape, examples) in Shapes().SelectMany(shape => new[] { (shape, 1), (shape, Examples) }))
        {
            Row($"{shape}", examples, () => Describe(new ConvolutionProbe().Measure(shape, examples, Repetitions)));
        }

        foreach (var (inputs, units) in new[] { (8, 8), (12, 12), (16, 16), (17, 20), (33, 65) })
        {
            Row($"LSTM {inputs} -> {units}, inference", Examples, () => Lstm(inputs, units) is var wrong and > 0 ? $"wrong in {wrong}" : "right");
        }

        return stillWrong > 0 ? 1 : 0;

        void Row(string what, int examples, Func<string> measure)
        {
            var asItComes = measure();
            oneDnn.TryEnableOneDnn(false);
            var guarded = measure();
            oneDnn.TryEnableOneDnn(true);
            stillWrong += guarded == "right" ? 0 : 1;
            Markdown.Row(what, $"{examples}", asItComes, guarded);
        }
    }

    private static IEnumerable<ConvolutionShape> Shapes()
    {
        foreach (var (@in, @out) in Channels)
        {
            yield return new(1, @in, @out);
            yield return new(2, @in, @out);
            yield return new(2, @in, @out, Kernel: 1);
            yield return new(2, @in, @out, Kernel: 5, Padding: 2);
            yield return new(2, @in, @out, Stride: 2, Padding: 1);
            yield return new(2, @in, @out, Padding: 2, Dilation: 2);
            yield return new(2, @in, @out, Transposed: true);
            yield return new(2, @in, @out, Kernel: 4, Stride: 2, Padding: 1, Transposed: true);
            if (@in * @out < 48 * 112)
            {
                yield return new(3, @in, @out);
                yield return new(1, @in, @out, Transposed: true);
                yield return new(3, @in, @out, Transposed: true);
            }
        }

        foreach (var channels in new long[] { 8, 16, 24, 32 })
        {
            yield return new(2, channels, channels, Padding: 1, Groups: channels);
            yield return new(2, channels, channels, Padding: 1, Groups: 2);
            yield return new(2, channels, channels, Padding: 1, Groups: 2, Transposed: true);
        }
    }

    private static string Describe(ConvolutionErrors errors) => errors.Any
        ? "wrong in " + string.Join(", ", new[] { errors.Forward, errors.InputGradient, errors.WeightGradient, errors.SecondOrder }) + $" of {Repetitions}"
        : "right";

    private static int Lstm(int inputs, int units)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var single = LSTM(inputs, units, batchFirst: true);
        using var exact = LSTM(inputs, units, batchFirst: true, dtype: ScalarType.Float64);
        foreach (var (to, from) in exact.parameters().Zip(single.parameters()))
        {
            to.copy_(from);
        }

        var input = rand(Examples, 7, inputs);
        var truth = exact.call(input.to(ScalarType.Float64)).Item1;
        return Enumerable.Range(0, Repetitions).Count(_ =>
        {
            using var repetition = NewDisposeScope();
            return !((single.call(input).Item1.to(ScalarType.Float64) - truth).abs().max().item<double>() <= 1e-3);
        });
    }
}
