using TorchSharp;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Memory;

/// <summary>
/// Class means and one covariance, example by example, in double precision: for the t-th example z (from 0) of class y, Σ ← (t · Σ + t / (t + 1) · (z − μ_y)(z − μ_y)ᵀ) / (t + 1), and then μ_y ← μ_y + (z − μ_y) / (n_y + 1)
/// (Hayes and Kanan, "Lifelong Machine Learning with Deep Streaming Linear Discriminant Analysis", 2020, as its released code has it).
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class StreamingGaussians : ITrainingMemory, IDisposable
{
    private readonly SortedDictionary<long, (long Count, Tensor Mean)> _classes = [];
    private Tensor? _covariance;
    private long _examples;

    /// <inheritdoc/>
    public string Name { get; init; } = "gaussians";

    /// <summary>The classes, by their ids.</summary>
    public IReadOnlyList<int> Classes => [.. _classes.Keys.Select(id => (int)id)];

    /// <summary>[d, d], the memory's own; null before the first example.</summary>
    public Tensor? Covariance => _covariance;

    /// <summary>[d]: the mean of a class, the memory's own.</summary>
    /// <param name="classId">One of <see cref="Classes"/>.</param>
    public Tensor Mean(int classId) => _classes.TryGetValue(classId, out var own) ? own.Mean : throw new ArgumentException($"Class {classId} has no examples here.", nameof(classId));

    /// <summary>Takes examples in their order.</summary>
    /// <param name="features">[n, d], finite, with the d of before.</param>
    /// <param name="labels">[n] class ids of type Int64.</param>
    /// <exception cref="ArgumentException">They are not; nothing has been changed.</exception>
    public void Observe(Tensor features, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        FiniteFeatures.Ensure(features, labels.size(0), "a task");
        var values = features.detach().cpu().to(ScalarType.Float64);
        if (_covariance is not null && _covariance.size(0) != values.size(1))
        {
            throw new ArgumentException($"Features are [n, {values.size(1)}], and those of before were [n, {_covariance.size(0)}].", nameof(features));
        }

        _covariance ??= zeros([values.size(1), values.size(1)], ScalarType.Float64).DetachFromDisposeScope();
        using var onCpu = labels.cpu();
        var ids = onCpu.data<long>().ToArray();
        for (var row = 0; row < ids.Length; row++)
        {
            using var step = NewDisposeScope();
            Observe(values[row], ids[row]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => _covariance is null
        ? []
        :
        [
            new("covariance", _covariance),
            new("means", stack(_classes.Values.Select(own => own.Mean))),
            new("counts", tensor(_classes.SelectMany(own => new[] { own.Key, own.Value.Count }).Append(_examples).ToArray())),
        ];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        if (saved.Count > 0 && (!saved.TryGetValue("covariance", out var covariance) || !saved.TryGetValue("means", out var means) || !saved.TryGetValue("counts", out var counts)
            || covariance.dim() != 2 || means.dim() != 2 || means.size(1) != covariance.size(0) || counts.numel() != (2 * means.size(0)) + 1))
        {
            throw new InvalidDataException("its means and covariance are not what was saved.");
        }

        Dispose();
        if (saved.Count > 0)
        {
            _covariance = saved["covariance"].clone().DetachFromDisposeScope();
            var numbers = saved["counts"].data<long>().ToArray();
            for (var i = 0; i < numbers.Length / 2; i++)
            {
                _classes[numbers[2 * i]] = (numbers[(2 * i) + 1], saved["means"][i].clone().DetachFromDisposeScope());
            }

            _examples = numbers[^1];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _covariance?.Dispose();
        foreach (var (_, (_, mean)) in _classes)
        {
            mean.Dispose();
        }

        _classes.Clear();
        (_covariance, _examples) = (null, 0);
    }

    private void Observe(Tensor example, long id)
    {
        if (!_classes.TryGetValue(id, out var own))
        {
            own = (0, zeros_like(example).DetachFromDisposeScope());
        }

        var difference = example - own.Mean;
        using Scalar keep = (double)_examples / (_examples + 1);
        using Scalar add = (double)_examples / (_examples + 1) / (_examples + 1);
        using Scalar share = 1.0 / (own.Count + 1);
        _covariance!.mul_(keep).add_(outer(difference, difference), add);
        own.Mean.add_(difference, share);
        _classes[id] = (own.Count + 1, own.Mean);
        _examples++;
    }
}
