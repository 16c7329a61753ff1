using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Trainers;

/// <summary>Small networks from 6 inputs to a "head" of 8 units, which draw no random numbers; always the same weights.</summary>
internal static class FaultyNets
{
    public const string Norm1d = "norm 1d";

    public static IReadOnlyList<string> Kinds { get; } = ["linear", Norm1d, "norm 2d", "counter", "dropout"];

    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="alone">Whether batches of one example come, of which <see cref="Norm1d"/> in train mode has no variance.</param>
    public static Module<Tensor, Tensor> Of(string kind, bool alone)
    {
        if (kind == "linear")
        {
            return Nets.Small();
        }

        Module<Tensor, Tensor> net = kind switch
        {
            Norm1d => Sequential(("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("relu", ReLU()), ("head", Linear(5, 8))),
            "norm 2d" => Sequential(
                ("images", Unflatten(1, [1, 2, 3])), ("body", Conv2d(1, 3, 2)), ("norm", BatchNorm2d(3)), ("relu", ReLU()), ("flatten", Flatten()), ("head", Linear(6, 8))),
            "dropout" => Sequential(("body", Linear(6, 5)), ("drop", Dropout(0.5)), ("relu", ReLU()), ("head", Linear(5, 8))),
            _ => new CounterNet(),
        };
        using var noGrad = no_grad();
        using var generator = new Generator(1);
        foreach (var parameter in net.parameters())
        {
            parameter.normal_(0, 0.5, generator);
        }

        foreach (var (name, module) in net.named_modules())
        {
            module.train(name != "drop" && !(alone && kind == Norm1d && name == "norm"));
        }

        return net;
    }

    /// <summary>Counts its forward passes, averages its features, and rules the last unit out by an infinite mask.</summary>
    private sealed class CounterNet : Module<Tensor, Tensor>
    {
        private static readonly Scalar Kept = 0.9; // objects that stay: one that an operation makes of a number may be collected before native code has read it
        private static readonly Scalar Added = 0.1;
        private static readonly Scalar One = 1;
        private readonly Linear body = Linear(6, 5);
        private readonly Linear head = Linear(5, 8);
        private readonly Tensor calls = zeros([], ScalarType.Int64);
        private readonly Tensor average = zeros(5);
        private readonly Tensor mask = tensor([0f, 0, 0, 0, 0, 0, 0, float.NegativeInfinity]);

        public CounterNet()
            : base(nameof(CounterNet))
        {
            register_buffer(nameof(calls), calls);
            register_buffer(nameof(average), average);
            register_buffer(nameof(mask), mask);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var features = functional.relu(body.call(input));
            using (no_grad())
            {
                calls.add_(One, One);
                average.mul_(Kept).add_(features.detach().mean([0]), Added);
            }

            return head.call(features) + mask;
        }
    }
}
