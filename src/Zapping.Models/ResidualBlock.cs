using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>
/// A basic block of residual networks (He et al., 2016): two 3x3 convolutions without bias, each with batch
/// normalization, beside a shortcut. [n, inputs, size, size] to [n, width, size / stride, size / stride], rounded up.
/// </summary>
internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly Sequential residual;
    private readonly Module<Tensor, Tensor> shortcut;

    /// <summary>Where the shape changes, the shortcut is a 1x1 convolution with batch normalization, or pads (He et al.'s options B and A).</summary>
    public ResidualBlock(int inputs, int width, int stride, bool padsShortcut = false)
        : base(nameof(ResidualBlock))
    {
        residual = Sequential(
            ("conv1", Conv2d(inputs, width, 3, stride: stride, padding: 1, bias: false)),
            ("norm1", BatchNorm2d(width)),
            ("relu1", ReLU()),
            ("conv2", Conv2d(width, width, 3, padding: 1, bias: false)),
            ("norm2", BatchNorm2d(width)));
        shortcut = inputs == width && stride == 1
            ? Identity()
            : padsShortcut ? new PaddedShortcut(stride, width - inputs)
            : Sequential(("conv", Conv2d(inputs, width, 1, stride: stride, bias: false)), ("norm", BatchNorm2d(width)));
        RegisterComponents();
    }

    /// <summary>Blocks one after the other, named <c>block1</c> and so on, of which the first changes the shape.</summary>
    public static Sequential Stage(int inputs, int width, int stride, int blocks, bool padsShortcut = false) => Sequential(
        Enumerable.Range(0, blocks).Select(block => ($"block{block + 1}", (Module<Tensor, Tensor>)(block == 0
            ? new ResidualBlock(inputs, width, stride, padsShortcut)
            : new ResidualBlock(width, width, stride: 1)))).ToArray());

    public override Tensor forward(Tensor input)
    {
        using var change = residual.call(input);
        using var passed = shortcut.call(input);
        using var sum = change + passed;
        return functional.relu(sum);
    }
}
