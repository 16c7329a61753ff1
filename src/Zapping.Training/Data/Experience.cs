using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What is learned between two task boundaries: some epochs of a source.</summary>
/// <typeparam name="TBatch">What a step reads.</typeparam>
/// <param name="Train">The data, in an order of its own in each epoch.</param>
/// <param name="Epochs">How many epochs, at least 0; default 1.</param>
public record Experience<TBatch>(IBatchSource<TBatch> Train, int Epochs = 1)
{
    /// <summary>The class ids that begin with it, which are also their rows of the classifier. Default: those of the labels, where the source knows them, as <see cref="ShuffledBatches"/> does; else none.</summary>
    public IReadOnlyList<int> Classes
    {
        get => field ??= [.. ((IWrappedBatches.Innermost(Train) as ISizedBatches)?.ClassIds ?? []).Where(id => id is >= 0 and <= int.MaxValue).Select(id => (int)id)];
        init;
    }

    /// <summary>What tells it from other experiences, as far as it knows itself.</summary>
    internal virtual string Mark => DescriptionJson.Text(DescriptionJson.Of(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["classes"] = Classes,
        ["epochs"] = Epochs,
        ["source"] = DescriptionJson.SettingsOf(Train),
    }));

    /// <summary>What stands before the mark in a sentence about it.</summary>
    internal virtual string MarkVerb => "is";

    /// <summary>[]: what tells its contents from others', made where they are, so that the host need not wait.</summary>
    internal virtual Tensor MarkContents() => zeros([], ScalarType.Int64).DetachFromDisposeScope();

    /// <summary>What it consists of, in order.</summary>
    internal virtual IEnumerable<ExperiencePart<TBatch>> Parts => Enumerable.Repeat(new ExperiencePart<TBatch>(null, Train), Epochs);
}

/// <summary>
/// What is learned between two task boundaries:
/// <code>
/// trainer.Fit(tasks.Select(task => new Experience(new ShuffledBatches(task.Images, task.Labels, batchSize: 32), epochs: 3)));
/// </code>
/// </summary>
public record Experience : Experience<LabeledBatch>
{
    /// <summary>Some epochs of a source.</summary>
    /// <param name="train">The data.</param>
    /// <param name="epochs">How many epochs, at least 0; default 1.</param>
    public Experience(IBatchSource train, int epochs = 1)
        : base(train, epochs)
    {
    }
}

/// <summary>A part of an experience.</summary>
/// <param name="ClassId">The class whose examples it has, each of which comes once; null if it is an epoch.</param>
/// <param name="Train">Its data.</param>
internal readonly record struct ExperiencePart<TBatch>(int? ClassId, IBatchSource<TBatch> Train);
