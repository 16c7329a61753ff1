using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Diagnostics.Data;

/// <summary>
/// Tasks that share their classes but not their inputs: the same ten classes, each a handful of clusters in space, with the
/// dimensions shuffled anew for each task, as permuted MNIST does it. What was learned of one task's inputs is of little use for the next.
/// </summary>
internal sealed class PermutedClusters : IDisposable
{
    public const int Classes = 10;
    public const int Dimensions = 64;

    private const int ClustersPerClass = 6;
    private const double Noise = 0.7;

    private readonly List<LabeledBatch> _support = [];
    private readonly List<LabeledBatch> _query = [];

    /// <param name="tasks">How many.</param>
    /// <param name="support">Examples of each task to learn from.</param>
    /// <param name="query">Examples of each task to test on.</param>
    /// <param name="seed">Makes all of it.</param>
    public PermutedClusters(int tasks, int support, int query, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var centres = randn([Classes * ClustersPerClass, Dimensions], generator: generator);
        for (var task = 0; task < tasks; task++)
        {
            var order = randperm(Dimensions, ScalarType.Int64, generator: generator);
            _support.Add(Draw(centres, order, support, generator));
            _query.Add(Draw(centres, order, query, generator));
        }
    }

    public IReadOnlyList<LabeledBatch> Support => _support;

    public IReadOnlyList<LabeledBatch> Query => _query;

    public void Dispose()
    {
        foreach (var (inputs, labels) in _support.Concat(_query))
        {
            inputs.Dispose();
            labels.Dispose();
        }
    }

    private static LabeledBatch Draw(Tensor centres, Tensor order, int count, Generator generator)
    {
        var cluster = randint(0, Classes * ClustersPerClass, [count], ScalarType.Int64, generator: generator);
        var inputs = centres.index_select(0, cluster) + (randn([count, Dimensions], generator: generator) * Noise);
        return new LabeledBatch(inputs.index_select(1, order).DetachFromDisposeScope(), (cluster % Classes).DetachFromDisposeScope());
    }
}
