using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Continual.Losses;

/// <summary>
/// Distances of a student to a teacher, the mean over examples, a scalar. The teacher's outputs are constants. Papers differ by the factor T² and by whether they average over classes too, which changes the effective weight by the number
/// of classes; each function says what it does.
/// </summary>
public static class DistillationLosses
{
    /// <summary>
    /// T² · mean over examples of KL(softmax(teacher / T) ‖ softmax(student / T)) (Hinton, Vinyals and Dean, 2015). The released code of CCIL averages over examples and classes: divide by the number of classes for that.
    /// </summary>
    /// <param name="student">[n, m] logits.</param>
    /// <param name="teacher">[n, m] logits of the same units.</param>
    /// <param name="temperature">T, above 0; default 2.</param>
    /// <exception cref="ArgumentException">They are of different sizes.</exception>
    public static Tensor Divergence(Tensor student, Tensor teacher, double temperature = 2)
    {
        LossCheck.EnsureAlike(student, teacher);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        using var scope = NewDisposeScope();
        var (wanted, said) = (teacher.detach().Over(temperature).log_softmax(1), student.Over(temperature).log_softmax(1));
        return (wanted.exp() * (wanted - said)).sum(1).mean().Times(temperature * temperature).MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy form: −Σ softmax(teacher / T) · log softmax(student / T), the mean over examples, without T² (FOSTER, WA; Hinton's with another factor and constant).</summary>
    /// <param name="student">[n, m] logits.</param>
    /// <param name="teacher">[n, m] logits of the same units.</param>
    /// <param name="temperature">T, above 0; default 2.</param>
    /// <exception cref="ArgumentException">They are of different sizes.</exception>
    public static Tensor CrossEntropy(Tensor student, Tensor teacher, double temperature = 2)
    {
        LossCheck.EnsureAlike(student, teacher);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        using var scope = NewDisposeScope();
        return Entropy(student.Over(temperature), teacher.detach().Over(temperature).softmax(1)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Balanced distillation (FOSTER, arXiv 2204.04662): in the cross-entropy form the teacher's probabilities are multiplied by the classes' weights, and divided by their sum again, so that old classes count for more.
    /// </summary>
    /// <param name="student">[n, m] logits.</param>
    /// <param name="teacher">[n, m] logits of the same units.</param>
    /// <param name="weights">A weight above 0 for each of the m units, such as <see cref="EffectiveNumber.Weights"/>.</param>
    /// <param name="temperature">T, above 0; default 2.</param>
    /// <exception cref="ArgumentException">They are of different sizes, or a weight is not above 0.</exception>
    public static Tensor Balanced(Tensor student, Tensor teacher, IReadOnlyList<double> weights, double temperature = 2)
    {
        LossCheck.EnsureAlike(student, teacher);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        using var scope = NewDisposeScope();
        var wanted = teacher.detach().Over(temperature).softmax(1) * LossCheck.Weights(teacher, weights);
        return Entropy(student.Over(temperature), wanted / wanted.sum(1, keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>Feature distillation: 1 − cos(teacher, student), the mean over examples (arXiv 2004.00713). Only the direction counts.</summary>
    /// <param name="student">[n, d] features.</param>
    /// <param name="teacher">[n, d] features.</param>
    /// <exception cref="ArgumentException">They are of different sizes.</exception>
    public static Tensor Features(Tensor student, Tensor teacher)
    {
        LossCheck.EnsureAlike(student, teacher);
        using var scope = NewDisposeScope();
        var then = teacher.detach();
        return (ones([], student.dtype, student.device) - ((student * then).sum(1) / (Norm(student) * Norm(then))).mean()).MoveToOuterDisposeScope();
    }

    private static Tensor Entropy(Tensor said, Tensor wanted) => (wanted * said.log_softmax(1)).sum(1).mean().neg();

    private static Tensor Norm(Tensor values)
    {
        using Scalar least = 1e-16;
        return values.Squared().sum(1).clamp_min(least).sqrt();
    }
}
