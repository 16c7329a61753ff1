using System.Globalization;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Evaluation;

/// <summary>Evaluates after each epoch, ends what improves no more, and brings the best weights back. It begins anew with each task.</summary>
/// <param name="trainer">The trainer.</param>
/// <param name="evaluate">Gives the metric now.</param>
/// <param name="options">When.</param>
internal sealed class EarlyStopping(Trainer trainer, Func<double> evaluate, EarlyStoppingOptions options) : IStatefulTrainingObserver, ITrainingMemory, IDescribed, IDisposable
{
    private List<KeyValuePair<string, Tensor>> _best = [];
    private double _metric = double.NaN;
    private int _waited;

    public string Name => "early-stopping";

    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["metric"] = options.Metric,
        ["patience"] = options.Patience,
        ["min_delta"] = options.MinDelta,
        ["restore_best"] = options.RestoreBest,
    };

    public void OnBoundaryStarting(TrainingBoundary boundary)
    {
        if (boundary.Kind == BoundaryKind.TaskBoundary)
        {
            Forget();
        }
    }

    public void OnEpochEnded(long epoch)
    {
        var now = evaluate();
        if (double.IsNaN(_metric) || (options.Metric == StoppingMetric.Loss ? now < _metric - options.MinDelta : now > _metric + options.MinDelta))
        {
            (_metric, _waited) = (now, 0);
            if (options.RestoreBest)
            {
                Keep(NamedTensors.Of(trainer.Model).Select(own => new KeyValuePair<string, Tensor>(own.Key, own.Value.detach().clone())));
            }
        }
        else if (++_waited >= options.Patience)
        {
            trainer.RequestNextExperience();
        }
    }

    public void OnTaskEnded(long task) => Restore();

    public void OnFitEnded(TrainingSummary summary) => Restore();

    public string SaveState() => string.Create(CultureInfo.InvariantCulture, $"{_waited} {_metric:r}");

    public void RestoreState(string state)
    {
        var parts = state.Split(' ');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var waited)
            || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var metric))
        {
            throw new InvalidDataException("its early stopping has no number of epochs and no metric.");
        }

        (_waited, _metric) = (waited, metric);
    }

    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => _best;

    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        var own = NamedTensors.Of(trainer.Model);
        if (saved.Count > 0 && own.Find(entry => !saved.TryGetValue(entry.Key, out var best) || best.dtype != entry.Value.dtype || !best.shape.AsSpan().SequenceEqual(entry.Value.shape)) is { Key: { } name })
        {
            throw new InvalidDataException($"its best weights are of another model: '{name}' is not what it is here.");
        }

        Keep(saved.Count == 0 ? [] : own.Select(entry => new KeyValuePair<string, Tensor>(entry.Key, saved[entry.Key].to(entry.Value.device, copy: true))));
    }

    public void Dispose() => Keep([]);

    // A classifier that has grown since has no best weights of its size.
    private void Restore()
    {
        var own = NamedTensors.Of(trainer.Model).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        if (_best.TrueForAll(best => own.TryGetValue(best.Key, out var now) && now.shape.AsSpan().SequenceEqual(best.Value.shape)))
        {
            using var noGrad = no_grad();
            _best.ForEach(best => own[best.Key].copy_(best.Value));
        }

        Forget();
    }

    private void Forget()
    {
        (_metric, _waited) = (double.NaN, 0);
        Keep([]);
    }

    private void Keep(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        List<KeyValuePair<string, Tensor>> kept = [.. tensors.Select(own => new KeyValuePair<string, Tensor>(own.Key, own.Value.DetachFromDisposeScope()))];
        _best.ForEach(own => own.Value.Dispose());
        _best = kept;
    }
}
