using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Zapping.Models;

/// <summary>What the networks with the ImageNet form of a small residual network have before their classifiers.</summary>
internal static class ImageNetEncoder
{
    /// <summary>
    /// A 7x7 convolution of stride 2 with batch normalization, ReLU and 3x3 max-pooling of stride 2; four stages of basic blocks with filters doubled from stage to stage; the mean over positions:
    /// [n, channels, size, size] to [n, 8 · width].
    /// </summary>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="width">Filters of the stem and of the first stage.</param>
    /// <param name="lastBlocks">Blocks of the last stage; the others have two.</param>
    public static Sequential Create(int channels, int width, int lastBlocks = 2) => Sequential(
        ("conv1", Conv2d(channels, width, 7, stride: 2, padding: 3, bias: false)),
        ("norm1", BatchNorm2d(width)),
        ("relu1", ReLU()),
        ("pool1", MaxPool2d(3, stride: 2, padding: 1)),
        ("stage1", ResidualBlock.Stage(width, width, stride: 1, blocks: 2)),
        ("stage2", ResidualBlock.Stage(width, 2 * width, stride: 2, blocks: 2)),
        ("stage3", ResidualBlock.Stage(2 * width, 4 * width, stride: 2, blocks: 2)),
        ("stage4", ResidualBlock.Stage(4 * width, 8 * width, stride: 2, lastBlocks)),
        ("mean", AdaptiveAvgPool2d(1)),
        ("flatten", Flatten()));
}
