using TorchSharp;
using Zapping.Models;
using Zapping.Training.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>20 images of one class, one to a step of SGD: by a bare loop, and by the trainer with a reset of the class' row.</summary>
internal sealed class ClassOfImages : IDisposable
{
    public const int Images = 20;
    private const int Class = 7;

    private readonly Module<Tensor, Tensor> _model;
    private readonly optim.Optimizer _optimizer;
    private readonly ContinualTrainer _trainer;
    private readonly Tensor _images;
    private readonly Tensor _label = tensor(new[] { (long)Class }, device: Machine.Device);
    private readonly TrainingTask _task;

    private ClassOfImages(Module<Tensor, Tensor> model, Tensor images, int observers, bool looksAtGradients = true)
    {
        _model = model;
        _images = images;
        _optimizer = optim.SGD(model.parameters(), 1e-3);
        _trainer = new ContinualTrainer(model, _optimizer).UseZapping(every: BoundaryKind.ClassBoundary).UseGradientChecks(looksAtGradients);
        for (var i = 0; i < observers; i++)
        {
            _trainer.UseObserver(new Watcher());
        }

        _task = new TrainingTask(new ClassExamples(Class, images));
    }

    /// <summary>For the paper's convnet.</summary>
    public static ClassOfImages OfConvnet(int width, int observers = 0, bool looksAtGradients = true) =>
        new(new Convnet(1000, width).to(Machine.Device), rand(Images, 1, 28, 28, device: Machine.Device), observers, looksAtGradients);

    /// <summary>For one linear layer.</summary>
    public static ClassOfImages OfLinear(int inputs, int classes) =>
        new(Linear(inputs, classes).to(Machine.Device), rand(Images, inputs, device: Machine.Device), observers: 0);

    /// <summary>What somebody would write who resets nothing and watches nothing but the loss.</summary>
    public void BareLoop()
    {
        for (var i = 0; i < Images; i++)
        {
            using var scope = NewDisposeScope();
            foreach (var parameter in _optimizer.parameters())
            {
                parameter.grad = null;
            }

            var loss = functional.cross_entropy(_model.call(_images.narrow(0, i, 1)), _label);
            loss.item<float>();
            loss.backward();
            _optimizer.step();
        }
    }

    public void Trainer() => _trainer.Fit([_task], batchSize: 1);

    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
        _images.Dispose();
        _label.Dispose();
    }

    private sealed class Watcher : ITrainingObserver;
}
