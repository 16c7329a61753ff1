using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training;
using static TorchSharp.torch;

namespace PaperCurves.Transfer;

/// <summary>Trains a linear classifier with Adam, one feature vector to a step.</summary>
internal abstract class HeadLearner : IDisposable
{
    /// <summary>The fastest learner for the head's device.</summary>
    public static HeadLearner For(Linear head, double learningRate) => head.weight.device_type == DeviceType.CPU
        ? new RankOneAdam(head, learningRate)
        : new TrainerHeadLearner(head, learningRate);

    /// <summary>Makes one step for each of <paramref name="count"/> feature vectors, all of one class.</summary>
    /// <param name="features">[n, features].</param>
    /// <param name="start">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="label">Their class.</param>
    public abstract void Learn(Tensor features, int start, int count, int label);

    public abstract void Dispose();
}

/// <summary>The straightforward way, for any device: the library's trainer with fused Adam.</summary>
internal sealed class TrainerHeadLearner : HeadLearner
{
    private readonly optim.Optimizer _optimizer;
    private readonly ContinualTrainer _trainer;

    public TrainerHeadLearner(Linear head, double learningRate)
    {
        _optimizer = new FusedAdam(head.parameters(), learningRate);
        _trainer = new ContinualTrainer(head, _optimizer);
    }

    public override void Learn(Tensor features, int start, int count, int label)
    {
        using var inputs = features.narrow(0, start, count);
        _trainer.Fit([new TrainingTask(new ClassExamples(label, inputs))]);
    }

    public override void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
    }
}
