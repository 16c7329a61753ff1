using TorchSharp.Modules;
using Zapping.Models;
using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>One optimization step of the paper's convnet by the library's trainer, in parts as in the app.</summary>
internal sealed class StepWork : Work
{
    private readonly ContinualTrainer _trainer;
    private readonly LabeledBatch _batch;

    /// <param name="images">How many; 256 in the paper's i.i.d. pre-training.</param>
    /// <param name="width">Filters per convolution.</param>
    /// <param name="optimizer">Makes the optimizer.</param>
    public StepWork(int images, int width, Func<IEnumerable<Parameter>, optim.Optimizer> optimizer)
    {
        var model = Network(width);
        _trainer = Own(new ContinualTrainer(model, Own(optimizer(model.parameters()))).UseGradientAccumulation(ImageClassifier.ImagesAtATime));
        _batch = Batch(images);
    }

    /// <summary>The paper's i.i.d. step.</summary>
    public static StepWork Iid(int width) => new(256, width, Adams.Create);

    /// <summary>The same step with resets of units, whose policy looks at the forward pass.</summary>
    public StepWork With(Action<ContinualTrainer, Tensor> resets)
    {
        resets(_trainer, _batch.Inputs);
        return this;
    }

    public override void Run() => _trainer.TrainStep(_batch.Inputs, _batch.Labels);
}
