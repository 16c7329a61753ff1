using TorchSharp;
using Zapping.Training.Resets;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>
/// What the layers that see hidden units have seen of them in training since it was last forgotten. A unit's activation is what
/// reaches its consumers: behind activation function, normalization and pooling. For policies that judge units by what they do; disposed of with them, which removes its hooks.
/// </summary>
public sealed class UnitActivity : IDisposable
{
    private readonly Dictionary<UnitLayer, ColumnMeans> _means = [];
    private readonly Dictionary<ConsumedUnits, (Tensor Unit, Tensor Column)> _pairs = [];

    /// <summary>Begins to look at the forward passes of training, which are those that record gradients.</summary>
    /// <param name="hidden">The units.</param>
    /// <param name="every">Every how many passes, at least 1.</param>
    /// <param name="statistics">What is summed up of each column.</param>
    public UnitActivity(IEnumerable<HiddenLayer> hidden, int every, params ReadOnlySpan<ColumnStatistic> statistics)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        foreach (var consumer in hidden.SelectMany(units => units.Consumers))
        {
            if (!_means.ContainsKey(consumer.Layer))
            {
                _means.Add(consumer.Layer, new ColumnMeans(consumer.Layer, every, statistics));
            }

            // Kept, so that a GPU is not waited for to take over numbers of the host at each step.
            var (unit, column) = consumer.Pairs;
            var device = consumer.Layer.Weight.device;
            _pairs.Add(consumer, (tensor(unit, device: device).DetachFromDisposeScope(), tensor(column, device: device).DetachFromDisposeScope()));
        }
    }

    /// <summary>All that it remembers, for <see cref="IStatefulResetPolicy.State"/>.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => _means.Values.SelectMany(means => means.State);

    /// <summary>Whether every consumer of a layer has been called.</summary>
    /// <param name="units">The layer.</param>
    public bool Knows(HiddenLayer units) => units.Consumers.All(consumer => _means[consumer.Layer].AreKnown);

    /// <summary>[columns]: the mean of what has reached each column of a consumer's weight.</summary>
    /// <param name="statistic">One of those that were asked for.</param>
    /// <param name="consumer">The consumer.</param>
    public Tensor MeanOf(ColumnStatistic statistic, ConsumedUnits consumer) => _means[consumer.Layer].Of(statistic);

    /// <summary>[units]: sums over all columns of each unit.</summary>
    /// <param name="units">The units.</param>
    /// <param name="values">[columns] of each consumer.</param>
    public Tensor SumPerUnit(HiddenLayer units, Func<ConsumedUnits, Tensor> values) => units.Consumers
        .Select(consumer =>
        {
            var columns = values(consumer);
            var (unit, column) = _pairs[consumer];
            using Scalar once = 1;
            return zeros(consumer.Columns.Count, columns.dtype, columns.device).index_add_(0, unit, columns.index_select(0, column), once);
        })
        .Aggregate((sum, next) => sum.Plus(next));

    /// <summary>Begins anew; for <see cref="ResetContext.OnWritten"/>.</summary>
    public void Forget()
    {
        foreach (var means in _means.Values)
        {
            means.Forget();
        }
    }

    /// <summary>Removes the hooks from the model.</summary>
    public void Dispose()
    {
        foreach (var means in _means.Values)
        {
            means.Dispose();
        }

        foreach (var (unit, column) in _pairs.Values)
        {
            unit.Dispose();
            column.Dispose();
        }
    }
}
