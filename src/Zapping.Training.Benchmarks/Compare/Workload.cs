using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks.Compare;

/// <summary>
/// One piece of the paper's pre-training, through the library, on random images: an i.i.d. step of 256 images, or an
/// episode of 20 single images and an outer batch of 84 that begins with the reset of a row. The convnet, Adam.
/// </summary>
internal sealed class Workload : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly Action _piece;

    /// <param name="work">One of <see cref="Names"/>, or "meta-asb-first-order".</param>
    /// <param name="width">Filters per convolution.</param>
    /// <param name="keepWeightsEvery">See <see cref="MetaAsbOptions.KeepWeightsEvery"/>.</param>
    public Workload(string work, int width, int keepWeightsEvery = 1)
    {
        var model = Own(new PaperCurves.Models.Convnet(1000, width));
        var optimizer = Own(optim.Adam(model.parameters(), 3e-3));
        if (work == "iid")
        {
            var (images, labels) = Random(256);
            var trainer = Own(new ContinualTrainer(model, optimizer));
            _piece = () => trainer.TrainStep(images, labels);
        }
        else
        {
            var trainer = Own<EpisodicTrainer>(work switch
            {
                "asb" => new AsbTrainer(model, optimizer),
                "meta-asb" => new MetaAsbTrainer(model, optimizer, new MetaAsbOptions { KeepWeightsEvery = keepWeightsEvery }),
                "meta-asb-first-order" => new MetaAsbTrainer(model, optimizer, new MetaAsbOptions { FirstOrder = true }),
                _ => throw new ArgumentException($"There is no work called '{work}', but {string.Join(", ", Names)}.", nameof(work)),
            }).UseZapping(every: BoundaryKind.ClassBoundary);
            var inner = new LabelledBatch(Own(rand(20, 1, 28, 28)), Own(full(20, 7L, dtype: ScalarType.Int64)));
            var episode = Episode.Of(7, inner, Random(64));
            Own(episode.Outer.Inputs);
            Own(episode.Outer.Labels);
            _piece = () => trainer.TrainEpisode(episode);
        }
    }

    /// <summary>What there is a PyTorch script for.</summary>
    public static IReadOnlyList<string> Names { get; } = ["iid", "asb", "meta-asb"];

    /// <summary>Does it once.</summary>
    public void Run() => _piece();

    public void Dispose()
    {
        _owned.Reverse(); // trainer, optimizer, model
        _owned.ForEach(owned => owned.Dispose());
        _owned.Clear();
    }

    private LabelledBatch Random(long images) => new(Own(rand(images, 1, 28, 28)), Own(randint(964, images)));

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
