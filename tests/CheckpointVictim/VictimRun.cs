using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CheckpointVictim;

/// <summary>How a <see cref="VictimRun"/> trains.</summary>
public enum VictimMethod
{
    Asb,
    MetaAsb,
}

/// <summary>A small training run; at a step it has the same bits in every process. Saving takes about as long as training.</summary>
public sealed class VictimRun : IDisposable
{
    /// <summary>Episodes from one checkpoint to the next.</summary>
    public const int SaveEvery = 2;

    private const int Features = 64;
    private const int Hidden = 384;
    private const int Classes = 10;

    private readonly LabeledBatch _images;
    private readonly EpisodeSampler _episodes;

    public VictimRun(VictimMethod method)
    {
        set_num_threads(1);
        using var generator = new Generator(1);
        Model = Sequential(
            ("first", Linear(Features, Hidden)), ("relu", ReLU()), ("second", Linear(Hidden, Hidden)), ("tanh", Tanh()), ("head", Linear(Hidden, Classes)));
        using (no_grad())
        {
            foreach (var parameter in Model.parameters())
            {
                parameter.normal_(0, 0.05, generator);
            }
        }

        _images = new LabeledBatch(randn([5 * Classes, Features], generator: generator), arange(5 * Classes).remainder(Classes));
        _episodes = new EpisodeSampler(_images, new EpisodeOptions { InnerExamples = 3, RememberExamples = 8 }, seed: 2);
        Optimizer = optim.Adam(Model.parameters(), 1e-3);
        Trainer = method == VictimMethod.Asb ? new AsbTrainer(Model, Optimizer) : new MetaAsbTrainer(Model, Optimizer);
        Trainer.UseZapping(new ResetSchedule(BoundaryKind.ClassBoundary) { Seed = 3 }, new ZapOptions { Head = HeadSelector.ByName("head") });
    }

    public Sequential Model { get; }

    public Adam Optimizer { get; }

    public EpisodicTrainer Trainer { get; }

    public long Step => Trainer.State.Steps;

    public void TrainTo(long step) => Trainer.Fit(_episodes, step - Step);

    public void Dispose()
    {
        Trainer.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
        _images.Inputs.Dispose();
        _images.Labels.Dispose();
    }
}
