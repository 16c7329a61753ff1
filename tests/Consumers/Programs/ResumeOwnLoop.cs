using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>A loop of one's own with dropout, a rate that falls and resets, which goes on after an interruption as if there had been none.</summary>
public static class ResumeOwnLoop
{
    /// <param name="output">Says where it begins.</param>
    /// <param name="folder">Of the checkpoints.</param>
    /// <param name="failsAfter">After how many steps it dies.</param>
    /// <returns>All bits of the weights.</returns>
    public static byte[] Run(TextWriter output, string folder, long failsAfter = long.MaxValue)
    {
        random.manual_seed(1);
        var labels = arange(320) % 8;
        var batches = new ShuffledBatches(randn(320, 20), labels, batchSize: 32, seed: 3);
        using var model = Sequential(("body", Linear(20, 64)), ("drop", Dropout(0.2)), ("relu", ReLU()), ("head", Linear(64, 8)));
        using var optimizer = optim.Adam(model.parameters(), 3e-3);
        var rates = optim.lr_scheduler.StepLR(optimizer, step_size: 2, gamma: 0.5);
        var zapper = new ZapScheduler(
            model, [optimizer], new ZapPolicy(new ZapOptions { Head = "head", Units = UnitSelection.Random(3) }), new(EpochBoundary) { SkipFirst = true, Seed = 5 });
        using var store = new CheckpointStore(folder);
        var run = new TrainingRun(model, [optimizer]) { Resets = [zapper], LearningRates = [rates], Data = batches };
        store.Resume(run);
        output.WriteLine($"begins with epoch {run.Epochs}, step {run.Steps}, learning rate {optimizer.ParamGroups.First().LearningRate}");
        for (; run.Epochs < 6; run.Epochs++, store.Save(run))
        {
            zapper.Signal(EpochBoundary);
            foreach (var batch in batches.Epoch(run.Epochs))
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                functional.cross_entropy(model.call(batch.Inputs), batch.Labels).backward();
                optimizer.step();
                if (++run.Steps == failsAfter)
                {
                    throw new TimeoutException("the machine is taken away");
                }
            }

            rates.step();
        }

        return [.. model.parameters().SelectMany(parameter => parameter.bytes.ToArray())];
    }
}
