using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>The losses of a loop's steps, kept where they are made, so that the host need not wait for each.</summary>
/// <param name="labels">[n] labels of the steps, on the model's device.</param>
internal sealed class LossBuffer(Tensor labels)
{
    private readonly Tensor _losses = zeros(labels.shape[0], ScalarType.Float64, labels.device);

    public int Count { get; } = (int)labels.shape[0];

    public void Write(int step, Tensor loss)
    {
        using var noGrad = no_grad();
        using var place = _losses.select(0, step);
        place.copy_(loss.squeeze());
    }

    public double[] Values()
    {
        using var onCpu = _losses.cpu();
        return onCpu.data<double>().ToArray();
    }
}
