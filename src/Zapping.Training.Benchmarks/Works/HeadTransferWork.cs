using PaperCurves.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// The paper's sequential transfer of the classifier alone: the features of all images once, then for each learning rate class
/// after class, 15 images each, one to an Adam step, and the query images of all classes seen tested every 50.
/// </summary>
internal sealed class HeadTransferWork : Work
{
    private static readonly double[] PublishedRates = [1e-3, 7e-4, 4e-4, 1e-4];

    private readonly Convnet _model;
    private readonly double[] _rates;
    private readonly TransferTask _task;

    /// <param name="classes">How many come.</param>
    /// <param name="width">Filters per convolution.</param>
    /// <param name="rates">How many learning rates are tried, from the largest.</param>
    public HeadTransferWork(int classes, int width, int rates)
    {
        _model = Network(width);
        _rates = PublishedRates[..rates];
        _task = Noise(classes);
    }

    public override void Run() => Transfer(_task);

    /// <summary>Two classes: the whole takes long.</summary>
    public override void WarmUp() => Transfer(Noise(2));

    private void Transfer(TransferTask task)
    {
        using var features = task.Encode(_model, HeadSelector.Layer(_model.Classifier));
        foreach (var learningRate in _rates)
        {
            using var head = nn.Linear(_model.FeatureCount, _model.Units, device: Machine.Device);
            SequentialTransfer.Run(
                head, features, new SequentialTransferOptions { LearningRate = learningRate, EvaluateSupport = SupportEvaluation.AtTheEnd });
        }
    }

    private TransferTask Noise(int classes) => Own(new TransferTask(
        rand([15 * classes, 1, 28, 28], device: Machine.Device), rand([5 * classes, 1, 28, 28], device: Machine.Device), classes));
}
