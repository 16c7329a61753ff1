using TorchSharp;
using Zapping.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>A piece of work that can be done again and again, on random images, and what it needs for that.</summary>
internal abstract class Work : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Does it once.</summary>
    public abstract void Run();

    /// <summary>Does once all that is slower the first time.</summary>
    public virtual void WarmUp() => Run();

    public void Dispose()
    {
        _owned.Reverse(); // trainer, optimizer, model
        _owned.ForEach(owned => owned.Dispose());
        _owned.Clear();
    }

    protected T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>The paper's convnet for Omniglot.</summary>
    protected Convnet Network(int width) => Own(new Convnet(1000, width).to(Machine.Device));

    protected LabelledBatch Batch(long images) =>
        new(Own(rand(images, 1, 28, 28, device: Machine.Device)), Own(randint(964, images, device: Machine.Device)));
}
