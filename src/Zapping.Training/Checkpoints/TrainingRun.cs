using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zapping.Training.Heads;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Training.Checkpoints;

/// <summary>
/// A training loop of one's own, as far as a checkpoint must know it. It drives nothing: the loop goes on as it is, and says when to save.
/// <code>
/// var run = new TrainingRun(model, [optimizer]) { Resets = [zapper], LearningRates = [rates], Data = batches };
/// store.Resume(run);                                               // the newest checkpoint, if there is one
/// while (run.Epochs &lt; 20)
/// {
///     zapper.Signal(EpochBoundary);
///     …                                                            // batches, forward, backward, optimizer.step(); run.Steps++
///     rates.step();
///     run.Epochs++;                                                // before it is saved, or a resumed loop makes the epoch again
///     store.Save(run);
/// }
/// </code>
/// </summary>
/// <param name="model">The model.</param>
/// <param name="optimizers">At least one, in an order that stays.</param>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class TrainingRun(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers) : ICheckpointed
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The resets.</summary>
    public IReadOnlyList<ZapScheduler> Resets { get; init; } = [];

    /// <summary>
    /// Learning-rate schedulers of TorchSharp, which the loop steps. A resume steps new ones as often as the saved ones had been. One that waits for a metric (<c>ReduceLROnPlateau</c>) cannot be
    /// brought back, as it does not keep what it was told: it is refused.
    /// </summary>
    /// <exception cref="ArgumentException">One waits for a metric.</exception>
    public IReadOnlyList<optim.lr_scheduler.LRScheduler> LearningRates
    {
        get;
        init => field = value.Any(rates => rates is optim.lr_scheduler.impl.ReduceLROnPlateau)
            ? throw new ArgumentException($"{nameof(optim.lr_scheduler.ReduceLROnPlateau)} keeps no metrics, so it cannot be resumed in a loop of one's own; a trainer's {nameof(TrainerExtensions.UseLearningRateScheduler)} keeps them.", nameof(value))
            : value;
    } = [];

    /// <summary>What is kept beside the model.</summary>
    public IReadOnlyList<ITrainingMemory> Memories { get; init; } = [];

    /// <summary>What the loop is fed with; a resume compares what it says of itself (<see cref="IDescribed"/>), as batch sources do, and its class. Null: nothing is compared.</summary>
    public object? Data { get; init; }

    /// <summary>Other settings that determine the result; a resume compares them. Values as in <see cref="IDescribed.Description"/>.</summary>
    public IReadOnlyDictionary<string, object?> Settings { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>The classifier, if it grows during training: a resume gives it the units that were saved. Null: a model of another size is refused.</summary>
    public HeadSelector? GrowingHead { get; init; }

    /// <summary>Told of checkpoints.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Optimization steps made, which the loop counts; they name the checkpoints.</summary>
    public long Steps { get; set; }

    /// <summary>Epochs made, which the loop counts, if it has any.</summary>
    public long Epochs { get; set; }

    /// <summary>Further values of the loop, as text.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>A further value of the loop, such as the best accuracy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What it is where it has not been set.</param>
    /// <exception cref="FormatException">It is no <typeparamref name="T"/>.</exception>
    public T Get<T>(string name, T otherwise)
        where T : IParsable<T> => _values.TryGetValue(name, out var text) ? T.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Sets a further value of the loop; a checkpoint holds it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">A number, a text, a truth value or what else has a text that reads back.</param>
    public void Set<T>(string name, T value)
        where T : IParsable<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        _values[name] = value is IFormattable formattable ? formattable.ToString(value is double or float ? "r" : null, CultureInfo.InvariantCulture) : value.ToString() ?? "";
    }

    nn.Module ICheckpointed.Model => model;

    IReadOnlyList<optim.Optimizer> ICheckpointed.Optimizers => optimizers;

    IReadOnlyList<ZapScheduler> ICheckpointed.Schedulers => Resets;

    IReadOnlyList<LearningRateSchedule> ICheckpointed.LearningRates => [.. LearningRates.Select(LearningRateSchedule.OfLoop)];

    IReadOnlyList<ITrainingObserver> ICheckpointed.Observers => [];

    IReadOnlyDictionary<string, object?> ICheckpointed.Settings => new Dictionary<string, object?>(Settings, StringComparer.Ordinal)
    {
        ["data"] = Data is null ? null : DescriptionJson.SettingsOf(Data),
        ["memories"] = Memories.Select(memory => memory.Name),
    };

    TrainerState ICheckpointed.State
    {
        get => new(Steps, Epochs, 0, 0);
        set => (Steps, Epochs) = (value.Steps, value.Epochs);
    }

    FeedDescription? ICheckpointed.Feed => null;

    GrowingHead? ICheckpointed.GrowingHead => GrowingHead is null ? null : new GrowingHead(GrowingHead, new HeadGrowthOptions());

    void ICheckpointed.Expect(FeedDescription? saved, IReadOnlyCollection<string> accepted)
    {
    }

    internal void TakeValues(IReadOnlyDictionary<string, string> values)
    {
        _values.Clear();
        foreach (var (name, value) in values)
        {
            _values[name] = value;
        }
    }
}
