using Zapping.Training.Data;
using Zapping.Training.Heads;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>
/// Support and query examples of classes that a model is to learn, class by class in the order of presentation. The class at
/// position p of that order is unit p of the classifier.
/// </summary>
public sealed class TransferTask : IDisposable
{
    /// <summary>Makes a task of tensors, which it owns from now on.</summary>
    /// <param name="support">[classes * s, …]: s examples of the first class, then s of the second, ….</param>
    /// <param name="query">[classes * q, …], in the same order of classes, on the same device.</param>
    /// <param name="classes">How many classes, at least 1.</param>
    /// <exception cref="ArgumentException">A tensor is empty, or its length is no multiple of the number of classes.</exception>
    public TransferTask(Tensor support, Tensor query, int classes)
    {
        ArgumentNullException.ThrowIfNull(support);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        ClassCount = classes;
        SupportExamples = PerClass(support, classes, nameof(support));
        QueryExamples = PerClass(query, classes, nameof(query));
        Support = support.DetachFromDisposeScope();
        Query = query.DetachFromDisposeScope();
    }

    /// <summary>Classes.</summary>
    public int ClassCount { get; }

    /// <summary>Support examples of each class.</summary>
    public int SupportExamples { get; }

    /// <summary>Query examples of each class.</summary>
    public int QueryExamples { get; }

    /// <summary>[classes * <see cref="SupportExamples"/>, …].</summary>
    public Tensor Support { get; }

    /// <summary>[classes * <see cref="QueryExamples"/>, …].</summary>
    public Tensor Query { get; }

    /// <summary>A task of the examples that a draw chose from labeled data.</summary>
    /// <param name="draw">Which classes and examples.</param>
    /// <param name="data">[n, …] inputs and [n] class ids; the examples of a class are counted in the order in which they lie.</param>
    /// <exception cref="ArgumentException">The data lacks a class or an example of the draw.</exception>
    public static TransferTask Create(TransferDraw draw, LabeledBatch data)
    {
        ArgumentNullException.ThrowIfNull(draw);
        ArgumentNullException.ThrowIfNull(data.Inputs);
        ArgumentNullException.ThrowIfNull(data.Labels);
        using var scope = NewDisposeScope();
        var places = data.Labels.to(ScalarType.Int64).cpu().data<long>().ToArray()
            .Select((label, place) => (label, place: (long)place))
            .GroupBy(pair => pair.label, pair => pair.place)
            .ToDictionary(group => (int)group.Key, group => group.ToArray());
        return new TransferTask(Take(draw.Support), Take(draw.Query), draw.Classes.Count);

        Tensor Take(IReadOnlyList<IReadOnlyList<int>> examples)
        {
            var chosen = draw.Classes.SelectMany((c, position) => examples[position].Select(example => Place(c, example))).ToArray();
            return data.Inputs.index_select(0, tensor(chosen, device: data.Inputs.device));
        }

        long Place(int classId, int example) => places.TryGetValue(classId, out var mine) && example < mine.Length
            ? mine[example]
            : throw new ArgumentException($"The data has no example {example} of class {classId}, which the draw asks for.", nameof(data));
    }

    /// <summary>
    /// The same task with the classifier's inputs (features) in place of the examples, computed once in eval mode: training the
    /// classifier alone on it is training it in the model, without a forward pass through the rest for each step.
    /// </summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="head">Its classifier, a linear layer whose output is the model's output.</param>
    /// <param name="batchSize">Examples at a time, at least 1.</param>
    /// <param name="cancellationToken">Ends between two batches.</param>
    /// <exception cref="NotSupportedException">The classifier is no linear layer, or something comes after it.</exception>
    public TransferTask ExtractFeatures(
        nn.Module<Tensor, Tensor> model, HeadSelector head, int batchSize = 250, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        using var encoder = new FeatureExtractor(model, HeadLayer.Find(model, head));
        return ExtractFeatures(encoder, batchSize, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Support.Dispose();
        Query.Dispose();
    }

    internal TransferTask ExtractFeatures(FeatureExtractor encoder, int batchSize, CancellationToken cancellationToken)
    {
        var support = encoder.Of(Support, batchSize, cancellationToken);
        try
        {
            return new TransferTask(support, encoder.Of(Query, batchSize, cancellationToken), ClassCount);
        }
        catch
        {
            support.Dispose();
            throw;
        }
    }

    private static int PerClass(Tensor examples, int classes, string name)
    {
        var count = examples.dim() > 0 ? examples.size(0) : 0;
        return count > 0 && count % classes == 0
            ? (int)(count / classes)
            : throw new ArgumentException(
                $"The {name} examples [{string.Join(", ", examples.shape)}] must be as many for each of {classes} classes.", name);
    }
}
