using TorchSharp;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Evaluation;

/// <summary>
/// What outputs are worth, batch by batch. Predictions, labels and losses stay on their device until they are read, so that the host waits for a GPU once and not for each batch.
/// </summary>
/// <param name="options">Checked, with a loss.</param>
/// <param name="areClasses">Whether targets that are no class ids are refused.</param>
/// <param name="separates">
/// Whether examples whose class has no unit are kept from the loss at once, for which the host must wait for the device; if not, <see cref="MustSeparate"/> says afterwards
/// whether that was needed. Default: on the CPU, where there is no wait.
/// </param>
internal sealed class Measurement(EvaluationOptions options, bool areClasses, bool? separates) : IDisposable
{
    private readonly List<Tensor> _labels = [];
    private readonly List<Tensor> _predicted = [];
    private readonly List<Tensor> _ranks = [];
    private readonly List<Tensor> _losses = [];
    private readonly List<double> _weights = [];
    private readonly Dictionary<string, List<Tensor>> _metrics = options.Metrics.ToDictionary(metric => metric.Key, _ => new List<Tensor>(), StringComparer.Ordinal);
    private bool? _hasClasses;
    private bool _hasHidden;
    private long _units;
    private long _examples;

    /// <param name="outputs">[n, …].</param>
    /// <param name="targets">[n] class ids, or what the loss takes.</param>
    /// <exception cref="InvalidOperationException">They do not fit together or to earlier ones, or a number is no scalar.</exception>
    /// <exception cref="ArgumentException">The loss does not take them.</exception>
    public void Add(Tensor outputs, Tensor targets)
    {
        var count = targets.dim() > 0 ? targets.size(0) : 1;
        var hasClasses = ClassHits.AreClassIds(outputs, targets);
        if (areClasses && (outputs.dim() != 2 || outputs.size(0) != count))
        {
            throw new InvalidOperationException($"Accuracy is of outputs [{count}, units], but these are [{string.Join(", ", outputs.shape)}].");
        }

        if (hasClasses != (_hasClasses ??= hasClasses) || (hasClasses && _examples > 0 && outputs.size(1) != _units))
        {
            throw new InvalidOperationException(
                $"Batches must be alike, but after others come outputs [{string.Join(", ", outputs.shape)}] with labels [{string.Join(", ", targets.shape)}] of type {targets.dtype}.");
        }

        _examples += count;
        if (hasClasses)
        {
            (outputs, targets) = AddClasses(outputs, targets.to(ScalarType.Int64));
            count = targets.size(0);
        }

        if (count > 0)
        {
            AddLosses(outputs, targets, count);
        }
    }

    /// <summary>Waits for the device.</summary>
    /// <exception cref="ArgumentException">There was no batch, or a label is no class id.</exception>
    public EvaluationResult Read()
    {
        if (_examples == 0)
        {
            throw new ArgumentException("There is nothing to evaluate: the source has no example.");
        }

        using var scope = NewDisposeScope();
        var losses = Values(_losses);
        var metrics = _metrics.ToDictionary(metric => metric.Key, metric => Mean(Values(metric.Value)), StringComparer.Ordinal);
        var classes = _hasClasses == true ? new ClassPredictions(Numbers(_labels), Numbers(_predicted), _units, Numbers(_ranks), options.TopK) : null;
        return new EvaluationResult(_examples, Mean(losses), metrics, classes, options.ClassNames);
    }

    /// <summary>Whether a class had no unit and its examples were not kept from the loss. Waits for the device.</summary>
    public bool MustSeparate()
    {
        if (!_hasHidden)
        {
            return false;
        }

        using var scope = NewDisposeScope();
        return cat(_labels).max().item<long>() >= _units;
    }

    public void Dispose()
    {
        foreach (var kept in new[] { _labels, _predicted, _ranks, _losses }.Concat(_metrics.Values))
        {
            kept.ForEach(tensor => tensor.Dispose());
            kept.Clear();
        }
    }

    /// <returns>The examples that have a loss.</returns>
    private (Tensor Outputs, Tensor Labels) AddClasses(Tensor outputs, Tensor labels)
    {
        _units = outputs.size(1);
        using Scalar units = _units;
        using Scalar first = 0;
        using Scalar last = Math.Max(0, _units - 1);
        var inside = labels.clamp(first, last);
        Keep(_labels, labels.clone()); // a source may write its next batch over them
        Keep(_predicted, ClassHits.Predicted(outputs));
        if (options.TopK.Count > 0)
        {
            Keep(_ranks, ClassHits.Ranks(outputs, inside)); // of a class without a unit it is not read
        }

        if (!(separates ?? outputs.device_type == DeviceType.CPU))
        {
            _hasHidden = true;
            return (outputs, inside); // a label beyond the units would end a CUDA device's use
        }

        var places = labels.lt(units).nonzero().squeeze(1);
        return places.size(0) == labels.size(0) ? (outputs, labels) : (outputs.index_select(0, places), labels.index_select(0, places));
    }

    private void AddLosses(Tensor outputs, Tensor targets, long count)
    {
        Keep(_losses, Scalar(options.Loss!(outputs, targets), "loss"));
        _weights.Add(count);
        foreach (var (name, metric) in options.Metrics)
        {
            Keep(_metrics[name], Scalar(metric(outputs, targets), $"metric '{name}'"));
        }
    }

    private double Mean(double[] values) => values.Zip(_weights, (value, weight) => value * weight).Sum() / _weights.Sum();

    private static void Keep(List<Tensor> list, Tensor tensor) => list.Add(tensor.alias().DetachFromDisposeScope());

    private static Tensor Scalar(Tensor value, string what) => value.numel() == 1
        ? value.detach().reshape([])
        : throw new InvalidOperationException($"The {what} must be a scalar, but has shape [{string.Join(", ", value.shape)}].");

    private static double[] Values(List<Tensor> scalars) => scalars.Count == 0 ? [] : stack(scalars).cpu().to(ScalarType.Float64).data<double>().ToArray();

    private static long[] Numbers(List<Tensor> parts) => parts.Count == 0 ? [] : cat(parts).cpu().data<long>().ToArray();
}
