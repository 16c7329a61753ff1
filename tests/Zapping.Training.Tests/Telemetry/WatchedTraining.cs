using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Telemetry;

/// <summary>A small network, its trainer, and a folder, for tests of what training tells.</summary>
public abstract class WatchedTraining : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _net = Nets.Small();
    private readonly optim.Optimizer _optimizer;

    protected WatchedTraining()
    {
        _optimizer = optim.SGD(_net.parameters(), 0.1);
        Trainer = new ContinualTrainer(_net, _optimizer);
    }

    protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("zapping-telemetry-");

    protected ContinualTrainer Trainer { get; }

    public void Dispose()
    {
        Trainer.Dispose();
        _optimizer.Dispose();
        _net.Dispose();
        Folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
