using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>
/// What the layers that see hidden units have seen of them in training since it was last forgotten. A unit's activation is what
/// reaches its consumers: behind activation function, normalisation and pooling.
/// </summary>
internal sealed class UnitActivity : IDisposable
{
    private readonly Dictionary<string, ColumnMeans> _means = new(StringComparer.Ordinal);

    public UnitActivity(IEnumerable<HiddenUnits> hidden, int every, params ReadOnlySpan<ColumnStatistic> statistics)
    {
        foreach (var consumer in hidden.SelectMany(units => units.Consumers).DistinctBy(consumer => consumer.Layer))
        {
            _means.Add(consumer.Layer.Name, new ColumnMeans(consumer.Layer, every, statistics));
        }
    }

    public IEnumerable<KeyValuePair<string, Tensor>> State => _means.Values.SelectMany(means => means.State);

    /// <summary>Whether every consumer of a layer has been called.</summary>
    public bool Knows(HiddenUnits units) => units.Consumers.All(consumer => _means[consumer.Layer.Name].AreKnown);

    /// <summary>[columns]: the mean of what has reached each column of a consumer's weight.</summary>
    public Tensor MeanOf(ColumnStatistic statistic, ConsumedUnits consumer) => _means[consumer.Layer.Name].Of(statistic);

    /// <summary>[units]: sums over all columns of each unit.</summary>
    /// <param name="units">The units.</param>
    /// <param name="values">[columns] of each consumer.</param>
    public static Tensor SumPerUnit(HiddenUnits units, Func<ConsumedUnits, Tensor> values)
    {
        var sums = units.Consumers.Select(consumer =>
        {
            var columns = values(consumer);
            var (unitOf, column) = consumer.Pairs;
            return zeros(consumer.Columns.Length, columns.dtype, columns.device)
                .index_add_(0, tensor(unitOf, device: columns.device), columns.index_select(0, tensor(column, device: columns.device)), 1);
        });
        return sums.Aggregate((sum, next) => sum + next);
    }

    public void Forget()
    {
        foreach (var means in _means.Values)
        {
            means.Forget();
        }
    }

    public void Dispose()
    {
        foreach (var means in _means.Values)
        {
            means.Dispose();
        }
    }
}
