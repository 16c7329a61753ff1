using System.CommandLine;
using TorchSharp;
using Zapping.CommandLine;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>roofline: the most that libtorch gets out of this machine, and what share of it an i.i.d. step reaches.</summary>
internal static class RooflineCommand
{
    private const int BatchSize = 256;
    private const int MatrixSize = 4096;
    private const long Floats = 1 << 26; // 256 MiB, more than any cache
    private const int Repetitions = 5;

    public static Command Create()
    {
        var width = Count.Option("--width", 256, "Filters per convolution.");
        var command = new Command("roofline", "Measure this machine's peaks in arithmetic and memory traffic, and the i.i.d. step's share.") { width };
        var machine = new MachineOptions(command);
        CommandAction.Of(command, parse =>
        {
            machine.SetUp(parse);
            Markdown.Header("what", "figure");
            var peak = PrintArithmetic(parse.GetValue(width));
            PrintTraffic();
            PrintStep(parse.GetValue(width), peak);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <returns>The best, in operations a second.</returns>
    private static double PrintArithmetic(int width)
    {
        using var noGrad = no_grad();
        using var a = rand([MatrixSize, MatrixSize], device: Machine.Device);
        using var b = rand([MatrixSize, MatrixSize], device: Machine.Device);
        var product = Rate(2 * Math.Pow(MatrixSize, 3), () => a.matmul(b).Dispose());
        Markdown.Row($"product of two {MatrixSize} x {MatrixSize} matrices", Markdown.Giga(product, "GFLOP/s"));

        using var layer = Conv2d(width, width, 3).to(Machine.Device);
        using var input = rand([BatchSize, width, ConvnetCost.SecondInput, ConvnetCost.SecondInput], device: Machine.Device);
        var convolution = Rate(2 * BatchSize * ConvnetCost.SecondConvolution(width), () => layer.call(input).Dispose());
        Markdown.Row($"3x3 convolution of {width} x 13 x 13, {BatchSize} images", Markdown.Giga(convolution, "GFLOP/s"));
        return Math.Max(product, convolution);
    }

    // Each array counts once for a read and once for a write, as in STREAM.
    private static void PrintTraffic()
    {
        using var a = rand([Floats], device: Machine.Device);
        using var b = rand([Floats], device: Machine.Device);
        Print("fill of 256 MiB", 1, () => a.fill_(1));
        Print("copy of 256 MiB", 2, () => a.copy_(b));
        Print("sum of two arrays of 256 MiB into one of them", 3, () => a.add_(b));

        static void Print(string what, int arrays, Action piece) =>
            Markdown.Row(what, Markdown.Giga(Rate((double)arrays * Floats * sizeof(float), piece), "GB/s", digits: 1));
    }

    private static void PrintStep(int width, double peak)
    {
        using var step = StepWork.Iid(width);
        var operations = ConvnetCost.TrainingStep(BatchSize, width);
        var rate = Rate(operations, step.Run);
        Markdown.Row($"operations of an i.i.d. step, {BatchSize} images", Markdown.Giga(operations, "GFLOP"));
        Markdown.Row("i.i.d. step", $"{Markdown.Giga(rate, "GFLOP/s")}, {Markdown.Percent(rate / peak)} of the best above");
    }

    private static double Rate(double amount, Action piece) => 1000 * amount / Times.WarmMedian(Repetitions, piece);
}
