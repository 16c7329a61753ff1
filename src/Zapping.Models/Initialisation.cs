using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Models;

/// <summary>The published initial weights. Scales and shifts of normalisations are not drawn: they are built as 1 and 0.</summary>
internal static class Initialisation
{
    /// <summary>What the variance of a convolution's weights is to keep: that of activations, or that of gradients.</summary>
    public enum Fan
    {
        In,
        Out,
    }

    /// <summary>
    /// Draws all convolutions and linear layers, depth first in the order of registration, from a generator of their
    /// own: weights of convolutions normal with std sqrt(2 / fan), all else uniform in +-1 / sqrt(inputs of a unit).
    /// </summary>
    public static void Apply(nn.Module model, ulong seed, Fan fan = Fan.In)
    {
        using var noGrad = no_grad();
        using var generator = new Generator(seed);
        Visit(model);

        void Visit(nn.Module module)
        {
            switch (module)
            {
                case Conv2d layer:
                    var units = fan == Fan.In ? layer.weight!.shape[0] : layer.weight!.shape[1];
                    layer.weight.normal_(0, Math.Sqrt(2.0 * units / layer.weight.numel()), generator);
                    Uniform(layer.bias, FanIn(layer.weight));
                    break;
                case Linear layer:
                    Uniform(layer.weight, FanIn(layer.weight));
                    Uniform(layer.bias, FanIn(layer.weight));
                    break;
                default:
                    foreach (var child in module.children())
                    {
                        Visit(child);
                    }

                    break;
            }
        }

        void Uniform(Tensor? parameter, long fanIn) =>
            parameter?.uniform_(-1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn), generator);
    }

    private static long FanIn(Tensor weight) => weight.numel() / weight.shape[0];
}
