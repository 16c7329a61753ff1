using FluentAssertions;
using TorchSharp.Modules;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies;

/// <summary>A network of three classes that is trained on four batches in turn, with some policies.</summary>
internal sealed class PolicyRun : IDisposable
{
    private readonly optim.Optimizer _optimizer;
    private readonly LabeledBatch[] _batches;

    /// <param name="net">Maps images [n, channels, 4, 4] to [n, 3]; its parameters are drawn anew.</param>
    /// <param name="channels">Of the images.</param>
    /// <param name="optimizer">Makes the optimizer.</param>
    /// <param name="policies">Put policies on the trainer, and may look at the batches.</param>
    public PolicyRun(nn.Module<Tensor, Tensor> net, int channels, Func<IEnumerable<Parameter>, optim.Optimizer> optimizer, params IEnumerable<Action<ContinualTrainer, LabeledBatch[]>> policies)
    {
        Net = net;
        using var generator = new Generator(9);
        using (no_grad())
        {
            foreach (var parameter in Net.parameters())
            {
                parameter.normal_(0, 0.4, generator);
            }
        }

        _batches = [.. Enumerable.Range(0, 4).Select(_ => new LabeledBatch(randn([6, channels, 4, 4], generator: generator), randint(0, 3, [6], generator: generator)))];
        _optimizer = optimizer(Net.parameters());
        Trainer = new ContinualTrainer(Net, _optimizer);
        foreach (var policy in policies)
        {
            policy(Trainer, _batches);
            Trainer.Schedulers[^1].ResetCompleted += report => Resets += report.Parameters.Count;
        }
    }

    public nn.Module<Tensor, Tensor> Net { get; }

    public ContinualTrainer Trainer { get; }

    /// <summary>How many parameters resets have written.</summary>
    public int Resets { get; private set; }

    public void Go(int steps)
    {
        while (Trainer.State.Steps < steps)
        {
            Trainer.TrainStep(_batches[Trainer.State.Steps % _batches.Length]);
        }
    }

    public void Dispose()
    {
        Trainer.Dispose();
        _optimizer.Dispose();
        Net.Dispose();
    }

    /// <summary>Saves a second run half-way, resumes it in a third, and compares that with a first one that went through.</summary>
    public static void ShouldResumeExactly(PolicyRun whole, Func<PolicyRun> create, string folder, int half)
    {
        var steps = (int)whole.Trainer.State.Steps;
        using (var first = create())
        using (var store = new CheckpointStore(folder))
        {
            first.Go(half);
            store.Save(first.Trainer);
        }

        using var second = create();
        using (var store = new CheckpointStore(folder))
        {
            store.Resume(second.Trainer)!.Steps.Should().Be(half);
        }

        second.Go(steps);
        TrainerBits.Of(second.Trainer).Should().BeEquivalentTo(TrainerBits.Of(whole.Trainer));
    }
}
