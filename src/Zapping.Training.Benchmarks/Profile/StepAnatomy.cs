using TorchSharp;
using TorchSharp.Modules;
using Zapping.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// A step of the paper's convnet taken apart: the forward and the backward pass of each layer by itself, again and again
/// on the same tensors, and the optimizer.
/// </summary>
/// <param name="images">Images in the step.</param>
/// <param name="width">Filters per convolution.</param>
/// <param name="repetitions">How often each part is done at least.</param>
internal sealed class StepAnatomy(int images, int width, int repetitions)
{
    /// <summary>All parts, in the order in which a step does them.</summary>
    public IReadOnlyList<StepPart> Parts(Func<IEnumerable<Parameter>, optim.Optimizer> makeOptimizer)
    {
        using var scope = NewDisposeScope();
        using var model = new Convnet(1000, width).to(Machine.Device);
        var labels = randint(964, images, device: Machine.Device);
        var parts = new List<StepPart>();
        var activation = rand(images, 1, 28, 28, device: Machine.Device);
        foreach (var (name, module) in Layers(model))
        {
            AddPasses(name, module.call, [.. module.parameters()]);
        }

        AddPasses("loss", outputs => functional.cross_entropy(outputs, labels), []);
        parts.Add(new StepPart("optimizer", OptimizerStep.Milliseconds(makeOptimizer, width, repetitions)));
        return parts;

        void AddPasses(string name, Func<Tensor, Tensor> layer, Parameter[] parameters)
        {
            var isFirst = parts.Count == 0;
            parts.Add(new StepPart($"{name}, forward", Forward(layer, activation, isFirst)));
            parts.Add(new StepPart($"{name}, backward", Backward(layer, activation, parameters, isFirst)));
            using var noGrad = no_grad();
            activation = layer(activation);
        }
    }

    private static IEnumerable<(string Name, Module<Tensor, Tensor> Module)> Layers(Convnet model) => model.named_children()
        .SelectMany(child => child.module is Sequential encoder ? encoder.named_children() : [child])
        .Select(child => (child.name, (Module<Tensor, Tensor>)child.module));

    // As in training, where all but the images are inputs whose gradient will be asked for.
    private double Forward(Func<Tensor, Tensor> layer, Tensor input, bool isFirst)
    {
        using var scope = NewDisposeScope();
        var source = isFirst ? input : input.detach().requires_grad_().clone(); // a clone may be written in place
        return Times.WarmMedian(repetitions, () => layer(source).Dispose());
    }

    private double Backward(Func<Tensor, Tensor> layer, Tensor input, Parameter[] parameters, bool isFirst)
    {
        using var scope = NewDisposeScope();
        var source = input.detach().requires_grad_();
        var output = layer(source.clone()); // a clone may be written in place, and costs nothing on the way back
        var seed = ones_like(output);
        Tensor[] inputs = isFirst ? [.. parameters] : [source, .. parameters]; // nobody asks for the gradient of images
        return Times.WarmMedian(repetitions, () =>
        {
            foreach (var gradient in autograd.grad([output], inputs, [seed], retain_graph: true))
            {
                gradient.Dispose();
            }
        });
    }
}
