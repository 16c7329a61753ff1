using Zapping.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// The paper's sequential transfer, for each learning rate: class after class, 15 images each, one to an Adam step, and the
/// query images of all classes seen tested every 50.
/// </summary>
internal abstract class TransferWork : Work
{
    private static readonly double[] PublishedRates = [1e-3, 7e-4, 4e-4, 1e-4];

    private readonly double[] _rates;
    private readonly TransferTask _task;

    /// <param name="classes">How many come.</param>
    /// <param name="width">Filters per convolution.</param>
    /// <param name="rates">How many learning rates are tried, from the largest.</param>
    protected TransferWork(int classes, int width, int rates)
    {
        Model = Network(width);
        _rates = PublishedRates[..rates];
        _task = Noise(classes);
    }

    protected Convnet Model { get; }

    public sealed override void Run() => Transfer(_task, _rates);

    /// <summary>Two classes: the whole takes long.</summary>
    public sealed override void WarmUp() => Transfer(Noise(2), _rates);

    protected abstract void Transfer(TransferTask task, IReadOnlyList<double> rates);

    protected static void Transfer(nn.Module<Tensor, Tensor> model, TransferTask task, double rate) =>
        SequentialTransfer.Run(model, task, new SequentialTransferOptions { LearningRate = rate, EvaluateSupport = SupportEvaluation.Never });

    private TransferTask Noise(int classes) => Own(new TransferTask(
        rand([15 * classes, 1, 28, 28], device: Machine.Device), rand([5 * classes, 1, 28, 28], device: Machine.Device), classes));
}

/// <summary>The classifier alone is trained, on the features of all images, computed once.</summary>
internal sealed class HeadTransferWork(int classes, int width, int rates) : TransferWork(classes, width, rates)
{
    protected override void Transfer(TransferTask task, IReadOnlyList<double> rates)
    {
        using var features = task.Encode(Model, HeadSelector.Layer(Model.Classifier));
        foreach (var rate in rates)
        {
            using var head = nn.Linear(Model.FeatureCount, Model.Units, device: Machine.Device);
            Transfer(head, features, rate);
        }
    }
}

/// <summary>The whole network is trained.</summary>
internal sealed class UnfrozenTransferWork(int classes, int width, int rates) : TransferWork(classes, width, rates)
{
    protected override void Transfer(TransferTask task, IReadOnlyList<double> rates)
    {
        foreach (var rate in rates)
        {
            Transfer(Model, task, rate);
        }
    }
}
