using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>What the trainer adds to a bare loop: 20 images of one class, one at a time, one reset.</summary>
[MemoryDiagnoser]
public class TrainerBenchmarks : IDisposable
{
    private PaperCurves.Models.Convnet _model = null!;
    private optim.Optimizer _optimizer = null!;
    private ContinualTrainer _trainer = null!;
    private Tensor _images = null!;
    private Tensor _label = null!;
    private TrainingTask _task = null!;

    [GlobalSetup]
    public void Setup()
    {
        _model = new PaperCurves.Models.Convnet(1000, width: 64);
        _optimizer = optim.SGD(_model.parameters(), 1e-3);
        _images = rand(20, 1, 28, 28);
        _label = tensor(new[] { 7L });
        _trainer = new ContinualTrainer(_model, _optimizer).UseZapping(every: BoundaryKind.ClassBoundary);
        _task = new TrainingTask(new ClassExamples(7, _images));
    }

    [Benchmark(Baseline = true)]
    public void BareLoop()
    {
        for (var i = 0; i < 20; i++)
        {
            using var scope = NewDisposeScope();
            foreach (var parameter in _optimizer.parameters())
            {
                parameter.grad = null;
            }

            var loss = functional.cross_entropy(_model.call(_images.narrow(0, i, 1)), _label);
            loss.backward();
            _optimizer.step();
        }
    }

    [Benchmark]
    public TrainingSummary Trainer() => _trainer.Fit([_task]);

    [GlobalCleanup]
    public void Dispose()
    {
        _trainer?.Dispose();
        _optimizer?.Dispose();
        _model?.Dispose();
        _images?.Dispose();
        _label?.Dispose();
        GC.SuppressFinalize(this);
    }
}
