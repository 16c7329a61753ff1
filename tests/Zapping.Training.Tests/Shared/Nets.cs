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
