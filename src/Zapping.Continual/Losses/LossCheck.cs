using static TorchSharp.torch;

namespace Zapping.Continual.Losses;

/// <summary>What losses refuse.</summary>
internal static class LossCheck
{
    /// <exception cref="ArgumentException">They do not fit together.</exception>
    public static void Ensure(Tensor logits, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(labels);
        if (logits.dim() != 2 || labels.dim() != 1 || labels.dtype != ScalarType.Int64 || labels.size(0) != logits.size(0))
        {
            throw new ArgumentException(
                $"The loss takes logits [n, units] and labels [n] of class ids of type Int64, and not [{string.Join(", ", logits.shape)}] and [{string.Join(", ", labels.shape)}] of type {labels.dtype}.", nameof(labels));
        }
    }

    /// <exception cref="ArgumentException">A teacher and a student do not fit together.</exception>
    public static void EnsureAlike(Tensor student, Tensor teacher)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        if (student.dim() != 2 || !student.shape.SequenceEqual(teacher.shape))
        {
            throw new ArgumentException(
                $"The student gives [{string.Join(", ", student.shape)}] and the teacher [{string.Join(", ", teacher.shape)}]: both are to be [n, m] of the same units. Take those that both have with narrow or index_select.",
                nameof(teacher));
        }
    }

    /// <summary>The units of classes, and where among them the labels are; in the current dispose scope.</summary>
    public static (Tensor Units, Tensor Places) Places(Tensor logits, Tensor labels, IReadOnlyList<int> classes)
    {
        var units = Units(logits, classes);
        using TorchSharp.Scalar absent = -1L;
        var table = full([logits.size(1)], absent, ScalarType.Int64, logits.device);
        table.index_copy_(0, units, tensor(Enumerable.Range(0, classes.Count).Select(place => (long)place).ToArray(), device: logits.device));
        using TorchSharp.Scalar none = 0;
        var places = table.index_select(0, labels);
        if (places.lt(none).any().item<bool>())
        {
            throw new ArgumentException($"A label is none of the classes that compete ({string.Join(", ", classes)}).", nameof(labels));
        }

        return (units, places);
    }

    public static Tensor Units(Tensor logits, IReadOnlyList<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Count == 0 || classes.Distinct().Count() != classes.Count || classes.Any(id => id < 0 || id >= logits.size(1)))
        {
            throw new ArgumentException($"Classes {string.Join(", ", classes)} do not fit {logits.size(1)} units: at least one, each once, from 0 to {logits.size(1) - 1}.", nameof(classes));
        }

        return tensor(classes.Select(id => (long)id).ToArray(), device: logits.device);
    }

    /// <summary>[n, classes]: the logits of some classes, in their order.</summary>
    public static Tensor OfClasses(this Tensor logits, IReadOnlyList<int> classes) => logits.index_select(1, Units(logits, classes));

    public static Tensor Weights(Tensor logits, IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.Count == logits.size(1) && weights.All(weight => weight > 0 && double.IsFinite(weight))
            ? tensor(weights.ToArray(), logits.dtype, logits.device)
            : throw new ArgumentException($"There are {weights.Count} weights for {logits.size(1)} units; each is to be finite and above 0.", nameof(weights));
    }
}
