using Zapping.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>One episode of the paper's convnet: the reset of a row, 20 single images, an outer batch of 84 with Adam.</summary>
internal sealed class EpisodeWork : Work
{
    private const int Class = 7;
    private const int InnerImages = 20;

    private readonly EpisodicTrainer _trainer;
    private readonly Episode _episode;

    private EpisodeWork(int width, Func<Convnet, optim.Optimizer, EpisodicTrainer> trainer)
    {
        var model = Network(width);
        _trainer = Own(trainer(model, Own(Adams.Create(model.parameters())))).UseZapping(every: BoundaryKind.ClassBoundary);
        var images = Own(rand(InnerImages, 1, 28, 28, device: Machine.Device));
        var labels = Own(full(InnerImages, Class, dtype: ScalarType.Int64, device: Machine.Device));
        _episode = Episode.Of(Class, new LabelledBatch(images, labels), Batch(64));
        Own(_episode.Outer.Inputs);
        Own(_episode.Outer.Labels);
    }

    public static EpisodeWork Asb(int width) => new(width, (model, optimizer) => new AsbTrainer(model, optimizer, new AsbOptions { FoldedLayer = model.Classifier }));

    /// <param name="width">Filters per convolution.</param>
    /// <param name="keepWeightsEvery">See <see cref="MetaAsbOptions.KeepWeightsEvery"/>.</param>
    public static EpisodeWork MetaAsb(int width, int keepWeightsEvery = 1) => new(
        width, (model, optimizer) => new MetaAsbTrainer(model, optimizer, new MetaAsbOptions { FoldedLayer = model.Classifier, KeepWeightsEvery = keepWeightsEvery }));

    public static EpisodeWork FirstOrder(int width) =>
        new(width, (model, optimizer) => new MetaAsbTrainer(model, optimizer, new MetaAsbOptions { FoldedLayer = model.Classifier, FirstOrder = true }));

    public override void Run() => _trainer.TrainEpisode(_episode);
}
