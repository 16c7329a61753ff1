using PaperCurves.Data;
using PaperCurves.Experiments;
using PaperCurves.Models;
using PaperCurves.Transfer;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// The paper's sequential transfer of the classifier alone, by the app: the features of all images, then for each learning
/// rate class after class, 15 images each, one to an Adam step, and the query images of all classes seen tested every 50.
/// </summary>
internal sealed class HeadTransferWork : Work
{
    private readonly Convnet _model;
    private readonly Preset _preset;
    private readonly TransferDraw _draw;

    /// <param name="classes">How many come.</param>
    /// <param name="width">Filters per convolution.</param>
    /// <param name="rates">How many learning rates are tried, from the largest.</param>
    public HeadTransferWork(int classes, int width, int rates)
    {
        _model = Network(width);
        _preset = Preset.Paper with { TransferClasses = classes, HeadLearningRates = [.. Preset.Paper.HeadLearningRates.OrderDescending().Take(rates)] };
        _draw = Draw(classes);
    }

    public override void Run() => Transfer(_draw);

    /// <summary>Two classes: the whole takes long.</summary>
    public override void WarmUp() => Transfer(Draw(2));

    private void Transfer(TransferDraw draw)
    {
        using var features = new Features(_model, draw, default);
        foreach (var learningRate in _preset.HeadLearningRates)
        {
            SequentialHeadTransfer.Run(Arm.None, features, draw, _preset, learningRate, new Silence(), default);
        }
    }

    private TransferDraw Draw(int classes)
    {
        const int ImagesPerClass = 20;
        const int Size = 28;
        var pixels = new byte[classes * ImagesPerClass * Size * Size];
        new Random(0).NextBytes(pixels);
        var set = new ImageSet([.. Enumerable.Range(0, classes).Select(id => $"{id}")], ImagesPerClass, Size, pixels);
        return Own(new TransferDraw(set, _preset with { TransferClasses = classes }, trial: 0, Machine.Device));
    }

    private sealed class Silence : IProgressLine
    {
        public void Advance(double units, string? note = null)
        {
        }

        public void Dispose()
        {
        }
    }
}
