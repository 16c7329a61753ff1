using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Native;

/// <summary>All that sets one kind of convolution apart from another, but for the examples and the size of its inputs.</summary>
/// <param name="Dimensions">Of space: 1, 2 or 3.</param>
/// <param name="In">Channels of the input.</param>
/// <param name="Out">Channels of the output.</param>
/// <param name="Kernel">Width of the kernel in every dimension.</param>
/// <param name="Stride">In every dimension.</param>
/// <param name="Padding">On both sides of every dimension.</param>
/// <param name="Dilation">In every dimension.</param>
/// <param name="Groups">Of channels.</param>
/// <param name="Transposed">Whether it is the transposed convolution.</param>
internal readonly record struct ConvolutionShape(
    int Dimensions, long In, long Out, long Kernel = 3, long Stride = 1, long Padding = 0, long Dilation = 1, long Groups = 1, bool Transposed = false)
{
    /// <summary>The shape of a layer. Where its kernel, stride or dilation differs by dimension, the largest stands for all.</summary>
    public static ConvolutionShape Of(Convolution layer) => new(
        layer.kernel_size.Length, layer.in_channels, layer.out_channels, layer.kernel_size.Max(), layer.stride.Max(),
        layer.padding?.Max() ?? 0, layer.dilation.Max(), layer.groups, layer.transposed);

    /// <summary>The shape of a weight: [out, in / groups, kernel, …], or [in, out / groups, kernel, …] of a transposed one.</summary>
    public long[] WeightShape => [Transposed ? In : Out, (Transposed ? Out : In) / Groups, .. Enumerable.Repeat(Kernel, Dimensions)];

    /// <summary>The shape of an input: [examples, in, size, …].</summary>
    public long[] InputShape(long examples, long size) => [examples, In, .. Enumerable.Repeat(size, Dimensions)];

    /// <summary>Convolves an input of <see cref="InputShape"/> with a weight of <see cref="WeightShape"/>.</summary>
    public Tensor Convolve(Tensor input, Tensor weight)
    {
        var (stride, padding, dilation) = (Each(Stride), Each(Padding), Each(Dilation));
        return (Dimensions, Transposed) switch
        {
            (1, false) => functional.conv1d(input, weight, null, Stride, Padding, Dilation, Groups),
            (2, false) => functional.conv2d(input, weight, null, stride, padding, dilation, Groups),
            (3, false) => functional.conv3d(input, weight, null, stride, padding, dilation, Groups),
            (1, true) => functional.conv_transpose1d(input, weight, null, Stride, Padding, 0, Dilation, Groups),
            (2, true) => functional.conv_transpose2d(input, weight, null, stride, padding, Each(0), dilation, Groups),
            (3, true) => functional.conv_transpose3d(input, weight, null, stride, padding, Each(0), dilation, Groups),
            _ => throw new NotSupportedException($"There is no convolution of {Dimensions} dimensions."),
        };
    }

    /// <summary>As "conv2d 20 -> 50, kernel 5, stride 2".</summary>
    public override string ToString() =>
        $"conv{(Transposed ? "_transpose" : "")}{Dimensions}d {In} -> {Out}, kernel {Kernel}"
        + (Stride > 1 ? $", stride {Stride}" : "")
        + (Padding > 0 ? $", padding {Padding}" : "")
        + (Dilation > 1 ? $", dilation {Dilation}" : "")
        + (Groups > 1 ? $", groups {Groups}" : "");

    private long[] Each(long value) => [.. Enumerable.Repeat(value, Dimensions)];
}
