using static TorchSharp.torch;

namespace Zapping.Training;

/// <content>What evaluations ask for.</content>
public sealed partial class ContinualTrainer
{
    /// <summary>Maps (outputs, labels) to a scalar.</summary>
    internal Func<Tensor, Tensor, Tensor> Loss => Pass.Loss;
}
