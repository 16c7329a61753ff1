using TorchSharp;
using TorchSharp.Modules;
using Zapping.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>What an optimizer takes for one step of the paper's convnet, however many images the gradients come from.</summary>
internal static class OptimizerStep
{
    public static double Milliseconds(Func<IEnumerable<Parameter>, optim.Optimizer> makeOptimizer, int width, int repetitions)
    {
        using var model = new Convnet(1000, width).to(Machine.Device);
        using var optimizer = makeOptimizer(model.parameters());
        foreach (var parameter in model.parameters())
        {
            parameter.grad = rand_like(parameter);
        }

        return Times.WarmMedian(repetitions, () => optimizer.step());
    }
}
