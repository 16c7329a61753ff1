using TorchSharp;
using Zapping.Models;
using Zapping.Training.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>A step of SGD by the trainer, with a policy that does something at each step, or with none.</summary>
internal sealed class PolicyStep : IDisposable
{
    public const string None = "none";
    public const int Images = 16;

    private readonly Module<Tensor, Tensor> _model;
    private readonly optim.Optimizer _optimizer;
    private readonly ContinualTrainer _trainer;
    private readonly LabeledBatch _batch;

    /// <param name="network">One of <see cref="Networks"/>.</param>
    /// <param name="width">Filters per convolution.</param>
    /// <param name="policy">One of <see cref="StepPolicies.All"/>, or <see cref="None"/>.</param>
    public PolicyStep(string network, int width, string policy)
    {
        (_model, var inputs, var classes) = network == Networks[0]
            ? (Perceptron(), rand(Images, 784, device: Machine.Device), 10)
            : (new Convnet(1000, width), rand(Images, 1, 28, 28, device: Machine.Device), 1000);
        _model.to(Machine.Device);
        _batch = new LabeledBatch(inputs, randint(0, classes, Images, device: Machine.Device));
        _optimizer = optim.SGD(_model.parameters(), 1e-3); // UPGD is a rule for plain SGD
        _trainer = new ContinualTrainer(_model, _optimizer);
        if (policy != None)
        {
            StepPolicies.All[policy](_trainer, inputs);
        }
    }

    /// <summary>What is trained: the perceptron of permuted MNIST at a tenth of its width, and the paper's convnet.</summary>
    public static IReadOnlyList<string> Networks { get; } = ["perceptron", "convnet"];

    public void Run() => _trainer.TrainStep(_batch.Inputs, _batch.Labels);

    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
        _batch.Inputs.Dispose();
        _batch.Labels.Dispose();
    }

    private static Module<Tensor, Tensor> Perceptron() => Sequential(Linear(784, 100), ReLU(), Linear(100, 100), ReLU(), Linear(100, 10));
}
