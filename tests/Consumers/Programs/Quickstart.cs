using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>A class arrives, and its row of the head is drawn anew before its images are learned, one by one.</summary>
public static class Quickstart
{
    public static (TrainingSummary Summary, double? Accuracy) Run(TextWriter output)
    {
        random.manual_seed(1);
        using var model = Sequential(("body", Linear(784, 128)), ("relu", ReLU()), ("head", Linear(128, 10)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: ClassBoundary, zap => zap.Head = "head");
        using var images = rand(20, 784);
        var summary = trainer.Fit([new TrainingTask(new ClassExamples(ClassId: 3, images))], batchSize: 1);
        output.WriteLine(summary);
        return (summary, trainer.Evaluate(images, full(20, 3, dtype: int64)).Accuracy);
    }
}
