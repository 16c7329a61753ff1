using TorchSharp;
using Zapping.Training.Data;
using Zapping.Training.Initializers;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>
/// Mean and covariance of each class's features, in double precision, from which features are drawn when the examples are gone (SLCA, arXiv 2303.05118). 1e-4 is added to each variance. A class is observed once, with all its examples.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class ClassStatistics : ITrainingMemory, IDescribed, IDisposable
{
    private const double Ridge = 1e-4;
    private const string SharedScatter = "scatter";

    private readonly int _rank;
    private readonly SortedDictionary<long, (long Count, Tensor Mean, Tensor? Scatter)> _classes = [];
    private Tensor? _shared; // the scatter of all classes, not divided

    /// <summary>Makes empty statistics.</summary>
    /// <param name="kind">What is kept of the covariance; default <see cref="CovarianceKind.Shared"/>, as classes with fewer examples than features have no covariance of full rank.</param>
    /// <param name="rank">Directions of <see cref="CovarianceKind.LowRank"/>, at least 1; default 8.</param>
    public ClassStatistics(CovarianceKind kind = CovarianceKind.Shared, int rank = 8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        if (!Enum.IsDefined(kind))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of covariance.");
        }

        (Kind, _rank) = (kind, rank);
    }

    /// <inheritdoc/>
    public string Name { get; init; } = "statistics";

    /// <summary>What is kept of the covariance.</summary>
    public CovarianceKind Kind { get; }

    /// <summary>The classes, by their ids.</summary>
    public IReadOnlyList<int> Classes => [.. _classes.Keys.Select(id => (int)id)];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["kind"] = Kind, ["rank"] = Kind == CovarianceKind.LowRank ? _rank : null };

    /// <summary>[d]: the mean of a class, the memory's own.</summary>
    /// <param name="classId">One of <see cref="Classes"/>.</param>
    /// <exception cref="ArgumentException">It has not been observed.</exception>
    public Tensor Mean(int classId) => Find(classId).Mean;

    /// <summary>[d, d]: the covariance from which features of a class are drawn, with 1e-4 on its diagonal; a new tensor in the current dispose scope.</summary>
    /// <param name="classId">One of <see cref="Classes"/>.</param>
    /// <exception cref="ArgumentException">It has not been observed.</exception>
    public Tensor Covariance(int classId)
    {
        using var scope = NewDisposeScope();
        using Scalar ridge = Ridge;
        var own = Find(classId);
        var width = own.Mean.size(0);
        var covariance = Kind switch
        {
            CovarianceKind.Full => own.Scatter!,
            CovarianceKind.Diagonal => own.Scatter!.diag(),
            CovarianceKind.Shared => SharedCovariance(),
            _ => OfLowRank(own.Scatter!, width),
        };
        return covariance.add(eye(width, dtype: ScalarType.Float64), ridge).MoveToOuterDisposeScope();
    }

    /// <summary>Takes the features of classes.</summary>
    /// <param name="features">[n, d], finite, with the d of before.</param>
    /// <param name="labels">[n] class ids of type Int64.</param>
    /// <exception cref="ArgumentException">They are not, or a class has been observed before; the message names it. Then nothing has been changed.</exception>
    public void Observe(Tensor features, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var ids = Tasks.LabeledExamples.ClassesOf(new LabeledBatch(features, labels), nameof(features));
        var parts = ids.Distinct().Order().Select(id => (Id: id, Values: Part(features, ids, id))).ToList();
        var found = parts.ConvertAll(part => (part.Id, part.Values.size(0), Mean: part.Values.mean([0]), Centered: part.Values - part.Values.mean([0], keepdim: true)));
        foreach (var (id, count, mean, centered) in found)
        {
            _classes.Add(id, (count, mean.DetachFromDisposeScope(), ScatterOf(centered, count)?.DetachFromDisposeScope()));
            if (Kind == CovarianceKind.Shared)
            {
                AddShared(centered);
            }
        }
    }

    /// <summary>Draws features of all classes, as many of each, from normal distributions with their means and covariances.</summary>
    /// <param name="perClass">How many of each, at least 1.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <param name="draw">Which draw it is, such as the number of the epoch; the same one gives the same features.</param>
    /// <param name="scaleOfClass">A factor of the mean for each class, such as <c>0.9 + 0.1 · (t_c + 1) / (T + 1)</c> of SLCA; default: 1.</param>
    /// <returns>[classes · perClass, d] of type Float32 by class, and their labels; new tensors in the current dispose scope.</returns>
    /// <exception cref="InvalidOperationException">Nothing has been observed.</exception>
    public LabeledBatch Sample(int perClass, ulong seed, long draw = 0, Func<int, double>? scaleOfClass = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perClass);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (_classes.Count == 0)
        {
            throw new InvalidOperationException("No class has been observed, so there is nothing to draw from.");
        }

        var parts = Classes.Select(id =>
        {
            using Scalar scale = scaleOfClass?.Invoke(id) ?? 1;
            using Scalar one = 1;
            var normal = new ResetNoise(seed, draw, $"class {id}").Normal(empty([perClass, Mean(id).size(0)], ScalarType.Float32)).to(ScalarType.Float64);
            return normal.matmul(linalg.cholesky(Covariance(id)).t()).add(Mean(id) * scale, one);
        });
        var labels = tensor(Classes.Select(id => (long)id).ToArray()).repeat_interleave(perClass);
        return new LabeledBatch(cat(parts.ToArray()).to(ScalarType.Float32), labels).Map(own => own.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save()
    {
        if (_classes.Count == 0)
        {
            return [];
        }

        List<KeyValuePair<string, Tensor>> saved =
        [
            new("counts", tensor(_classes.SelectMany(own => new[] { own.Key, own.Value.Count }).ToArray()).reshape(-1, 2)),
            new("means", stack(_classes.Values.Select(own => own.Mean))),
        ];
        if (_shared is not null)
        {
            saved.Add(new(SharedScatter, _shared));
        }

        saved.AddRange(_classes.Where(own => own.Value.Scatter is not null).Select(own => new KeyValuePair<string, Tensor>($"{SharedScatter}.{own.Key}", own.Value.Scatter!)));
        return saved;
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var (counts, means) = (saved.GetValueOrDefault("counts"), saved.GetValueOrDefault("means"));
        var numbers = counts?.data<long>().ToArray() ?? [];
        if (saved.Count > 0 && (means is null || means.dim() != 2 || numbers.Length != 2 * means.size(0)
            || (Kind == CovarianceKind.Shared ? !saved.ContainsKey(SharedScatter) : numbers.Where((_, i) => i % 2 == 0).Any(id => !saved.ContainsKey($"{SharedScatter}.{id}")))))
        {
            throw new InvalidDataException($"its statistics of classes are not those of {Kind} covariances.");
        }

        Dispose();
        for (var i = 0; i < numbers.Length / 2; i++)
        {
            var scatter = saved.GetValueOrDefault($"{SharedScatter}.{numbers[2 * i]}");
            _classes[numbers[2 * i]] = (numbers[(2 * i) + 1], means![i].clone().DetachFromDisposeScope(), scatter?.clone().DetachFromDisposeScope());
        }

        _shared = saved.GetValueOrDefault(SharedScatter)?.clone().DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, (_, mean, scatter)) in _classes)
        {
            mean.Dispose();
            scatter?.Dispose();
        }

        _classes.Clear();
        _shared?.Dispose();
        _shared = null;
    }

    private (long Count, Tensor Mean, Tensor? Scatter) Find(int classId) =>
        _classes.TryGetValue(classId, out var own) ? own : throw new ArgumentException($"Class {classId} has not been observed.", nameof(classId));

    private Tensor Part(Tensor features, int[] ids, int id)
    {
        if (_classes.ContainsKey(id))
        {
            throw new ArgumentException($"Class {id} has been observed before: each class is observed once, with all its examples.", nameof(ids));
        }

        using var rows = tensor(Enumerable.Range(0, ids.Length).Where(row => ids[row] == id).Select(row => (long)row).ToArray(), device: features.device);
        var values = features.detach().index_select(0, rows).cpu().to(ScalarType.Float64);
        FiniteFeatures.Ensure(values, rows.size(0), $"class {id}");
        return _classes.Count == 0 || _classes.First().Value.Mean.size(0) == values.size(1)
            ? values
            : throw new ArgumentException($"Features of class {id} are [n, {values.size(1)}], and those of before were [n, {_classes.First().Value.Mean.size(0)}].", nameof(features));
    }

    private Tensor? ScatterOf(Tensor centered, long count)
    {
        using Scalar divisor = (double)Math.Max(1, count - 1);
        return Kind switch
        {
            CovarianceKind.Full => centered.t().matmul(centered) / divisor,
            CovarianceKind.Diagonal => (centered * centered).sum([0]) / divisor,
            CovarianceKind.LowRank => LowRankOf(centered, count),
            _ => null,
        };
    }

    private void AddShared(Tensor centered)
    {
        using Scalar one = 1;
        var scatter = centered.t().matmul(centered);
        if (_shared is null)
        {
            _shared = scatter.DetachFromDisposeScope();
        }
        else
        {
            _shared.add_(scatter, one);
        }
    }

    private Tensor SharedCovariance()
    {
        using Scalar divisor = (double)Math.Max(1, _classes.Values.Sum(own => own.Count) - _classes.Count);
        return _shared! / divisor;
    }

    // [rank + 1, d]: directions, each as long as its standard deviation, and below them the variance in all others.
    private Tensor LowRankOf(Tensor centered, long count)
    {
        using Scalar scale = Math.Sqrt(Math.Max(1, count - 1));
        using Scalar none = 0;
        var (_, values, directions) = linalg.svd(centered / scale, fullMatrices: false);
        var (width, kept) = (centered.size(1), Math.Min(_rank, values.size(0)));
        using Scalar others = (double)Math.Max(1, width - kept);
        var top = directions.narrow(0, 0, kept) * values.narrow(0, 0, kept).unsqueeze(1);
        var rest = values.narrow(0, kept, values.size(0) - kept);
        return cat([top, ((rest * rest).sum() / others).clamp_min(none).expand(1, width)]);
    }

    private static Tensor OfLowRank(Tensor scatter, long width)
    {
        using Scalar least = 1e-300;
        var top = scatter.narrow(0, 0, scatter.size(0) - 1);
        var unit = top / (top * top).sum(1, keepdim: true).clamp_min(least).sqrt();
        var others = eye(width, dtype: ScalarType.Float64) - unit.t().matmul(unit);
        return top.t().matmul(top) - (others * scatter[-1, 0]).neg();
    }
}
