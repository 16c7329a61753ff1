using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Hosting;
using Zapping.Training.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Hosted;

/// <summary>Trains until it is done or told to stop. What it had reached by then is a checkpoint, from which the next start goes on.</summary>
internal sealed partial class TrainingService(
    IOptions<ZapSettings> zapping, IOptions<TrainingSettings> training, IHostApplicationLifetime lifetime, ILogger<TrainingService> log)
    : BackgroundService
{
    // Training is synchronous and keeps to one thread: not one of the host's, from which the C library would give large blocks back.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => NativeAllocator.RunAsync(() => Train(stoppingToken));

    private void Train(CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var (readings, digits) = Displays.Read(2000, seed: 1);
        using var model = Sequential(("body", Linear(Displays.Segments, 64)), ("relu", ReLU()), ("head", Linear(64, Displays.Digits)));
        using var optimizer = optim.Adam(model.parameters(), training.Value.LearningRate);
        using var store = new CheckpointStore(training.Value.Checkpoints);
        using var trainer = new ContinualTrainer(model, optimizer).UseZapping(zapping.Value).UseLogging(log);
        store.Resume(trainer);
        try
        {
            var epochs = Math.Max(0, training.Value.Epochs - (int)trainer.State.FinishedEpochs);
            trainer.Fit(new ShuffledBatches(readings, digits, batchSize: 50), epochs, cancellationToken: stop);
        }
        catch (OperationCanceledException)
        {
            Stopped(trainer.State.Steps);
        }

        store.Save(trainer);
        Read(Accuracy(model), Displays.Digits);
        lifetime.StopApplication();
    }

    private static double Accuracy(Module<Tensor, Tensor> model)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (readings, digits) = Displays.Read(1000, seed: 2);
        return model.call(readings).argmax(1).eq(digits).to(float32).mean().item<float>();
    }

    [LoggerMessage(100, LogLevel.Information, "Told to stop after {Steps} steps")]
    private partial void Stopped(long steps);

    [LoggerMessage(101, LogLevel.Information, "{Accuracy:p1} of new readings of {Digits} digits are right")]
    private partial void Read(double accuracy, int digits);
}
