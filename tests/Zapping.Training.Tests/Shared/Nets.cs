using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Conformance;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Shared;

/// <summary>Small networks and what tests look at in them.</summary>
internal static class Nets
{
    public const int Features = ConformanceModel.Features;
    public const int Units = ConformanceModel.Units;

    /// <summary>6 inputs, a body, and a classifier "head" with 5 features and 8 units; always the same weights.</summary>
    public static Sequential Small(ScalarType dtype = ScalarType.Float32, ulong seed = 1) => ConformanceModel.Create(dtype, seed);

    /// <summary>The same behind a module "words", which adds all rows of an embedding to each input: <c>words.0.weight</c>, 4 rows of 6.</summary>
    public static Sequential WithEmbedding(ScalarType dtype = ScalarType.Float32)
    {
        var words = new Wired([Embedding(4, 6)], (parts, inputs) => inputs + ((Embedding)parts[0]).weight!.sum([0]));
        using (var noGrad = no_grad())
        {
            using var generator = new Generator(5);
            words.parameters().Single().normal_(0, 1, generator);
        }

        words.to(dtype);
        return Sequential([("words", words), .. Small(dtype).named_children().Select(layer => (layer.name, (Module<Tensor, Tensor>)layer.module))]);
    }

    public static HeadSelector Head { get; } = HeadSelector.ByName("head");

    public static Linear HeadOf(Module net) => (Linear)net.named_modules().Single(m => m.name == "head").module;

    /// <summary>One optimization step, so that the optimizer has state.</summary>
    public static void Step(Module<Tensor, Tensor> net, optim.Optimizer optimizer, ulong seed = 2)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var inputs = randn([4, 6], generator: generator).to(net.parameters().First().dtype);
        var labels = randint(0, Units, [4], generator: generator);
        Tensor Loss()
        {
            optimizer.zero_grad();
            var loss = functional.cross_entropy(net.call(inputs).to(ScalarType.Float32), labels);
            loss.backward();
            return loss;
        }

        if (optimizer is OptimizerHelper)
        {
            Loss();
            optimizer.step();
        }
        else
        {
            optimizer.step(Loss);
        }
    }

    /// <summary>One input for the net of <see cref="Small"/>.</summary>
    public static Tensor Example(Module net) => ConformanceModel.ExampleInput(net);

    /// <summary>A forward pass, as of training, with an input that gives the units of the body these values in front of the ReLU.</summary>
    public static void Activate(Sequential net, params double[] body) => ConformanceModel.Activate(net, body);

    /// <summary>The gradients of a loss, which replace those that are there.</summary>
    public static void Gradients(Module<Tensor, Tensor> net)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in net.parameters())
        {
            parameter.grad = null;
        }

        functional.cross_entropy(net.call(Example(net)).to(ScalarType.Float32), tensor([2L])).backward();
    }

    /// <summary>The exact bits of a tensor, whatever its type and layout.</summary>
    public static byte[] Bits(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().clone().bytes.ToArray();
    }

    /// <summary>The exact bits of all parameters by name.</summary>
    public static Dictionary<string, byte[]> Bits(Module net) =>
        net.named_parameters().ToDictionary(p => p.name, p => Bits(p.parameter), StringComparer.Ordinal);

    /// <summary>The bits of one row (or entry, for a vector).</summary>
    public static byte[] RowBits(Tensor tensor, int row)
    {
        using var view = tensor.narrow(0, row, 1);
        return Bits(view);
    }

    public static ZapScheduler Scheduler(
        Module net, IResetPolicy policy, IEnumerable<optim.Optimizer>? optimizers = null, ulong seed = 0) =>
        new(net, optimizers ?? [], policy, new ResetSchedule(BoundaryKind.ClassBoundary) { Seed = seed });

    public static bool Zap(
        Module net, Action<ZapOptions>? configure = null, int[]? classes = null, IEnumerable<optim.Optimizer>? optimizers = null, ulong seed = 0)
    {
        var options = new ZapOptions { Head = Head };
        configure?.Invoke(options);
        return Scheduler(net, new ZapPolicy(options), optimizers, seed).Signal(BoundaryKind.ClassBoundary, classes ?? [2]);
    }
}
